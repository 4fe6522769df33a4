/**
 * How many entries from the start repeat, in order, to make up the whole list:
 * 1 where all are one object, the full length where none repeats.
 */
export function cycleLengthOf(list: readonly object[]): number {
  for (let length = list.indexOf(list[0] as object, 1); length > 0; ) {
    const candidate = length
    if (list.every((entry, index) => entry === list[index % candidate])) return candidate
    length = list.indexOf(list[0] as object, length + 1)
  }
  return list.length
}
