/** `4.2 s`, `1 min 05 s`, `26 h 03 min`. */
export function elapsedText(durationMs: number): string {
  const seconds = durationMs / 1_000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.floor(seconds)
  const twoDigits = (value: number): string => String(value).padStart(2, '0')
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`
  return `${Math.floor(whole / 3_600)} h ${twoDigits(Math.floor(whole / 60) % 60)} min`
}
