import type { Frame } from './frame.ts'

/**
 * A frame without its values: which field has how many bytes. Written on one
 * line, it is what a baseline keeps of a frame, since values such as `Date`
 * differ from run to run and sizes do not.
 */
export interface FrameShape {
  label: string
  lengthBytes: number
  parts: { label: string; lengthBytes: number }[]
}

/** Commas and colons separate on the line, so a label has none; nor a line break. */
const plainLabel = (label: string): string => label.replace(/[,:\s]+/g, ' ').trim()

export function shapeOf(frame: Frame): FrameShape {
  return {
    label: plainLabel(frame.label),
    lengthBytes: frame.lengthBytes,
    parts: frame.parts.map(({ label, lengthBytes }) => ({ label: plainLabel(label), lengthBytes })),
  }
}

/** `PUBLISH 30: packet type and flags 1, Remaining Length 1, …`, all sizes in bytes. */
export function formatFrameShape({ label, lengthBytes, parts }: FrameShape): string {
  const sizes = parts.map((part) => `${part.label} ${part.lengthBytes}`).join(', ')
  return `${label} ${lengthBytes}${sizes === '' ? '' : `: ${sizes}`}`
}

const SIZED = /^([^,:]*[^,:\s]) (0|[1-9]\d{0,15})$/

function parseSized(text: string): { label: string; lengthBytes: number } | null {
  const [, label, digits] = SIZED.exec(text) ?? []
  return label === undefined ? null : { label, lengthBytes: Number(digits) }
}

/** The shape that `formatFrameShape` wrote; null where the text is no such line. */
export function parseFrameShape(text: string): FrameShape | null {
  const colon = text.indexOf(': ')
  const head = parseSized(colon < 0 ? text : text.slice(0, colon))
  const parts = colon < 0 ? [] : text.slice(colon + 2).split(', ')
  const sized = parts.map(parseSized)
  if (head === null || !sized.every((part) => part !== null)) return null
  return { ...head, parts: sized }
}
