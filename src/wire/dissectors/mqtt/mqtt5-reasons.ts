import { reasonOf } from '../../../model/wire/mqtt-reasons.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'

/** For what is told of it beside the frame. */
export const reasonText = (code: number): string =>
  `${code} ${code === 0 ? 'success' : (reasonOf(code) ?? 'not defined')}`

/** @throws MalformedBytes where the code has no meaning */
export function describeReason(code: number): string {
  const meaning = code === 0 ? 'success' : reasonOf(code)
  if (meaning === undefined) {
    throw new MalformedBytes(`Reason Code ${code} is not defined (MQTT 5.0 §2.4)`)
  }
  return `${code} ${meaning}`
}
