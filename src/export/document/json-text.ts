/** What a terminal acts on or a reader is misled by; JSON escapes only what is below the space. */
const UNSEEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Indented JSON, in which no control character stands as it is. */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(UNSEEN, escapeUnit)}\n`

const escapeUnit = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
