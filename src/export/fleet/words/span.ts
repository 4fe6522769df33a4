import { formatCount } from '../../../model/text/format.ts'

/** `90 s`, `15 min`, `6 h`, `30 d`: the largest unit that leaves few digits. */
export function spanText(seconds: number): string {
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['min', 60],
    ] as const
  ).find(([, each]) => seconds >= 2 * each || seconds === each) ?? ['s', 1]
  return `${formatCount(seconds / size, 1)} ${unit}`
}
