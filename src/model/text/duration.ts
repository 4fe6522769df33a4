const MS_OF_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 }

/** `200ms`, `1s`, `0.5s`, `5min` in milliseconds; null where the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(text)
  if (match === null) return null
  return Number(match[1]) * (MS_OF_UNIT[match[2] as string] as number)
}
