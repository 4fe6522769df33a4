import type { Layer } from '../../../model/vocabulary.ts'
import type { FramePart } from '../../../model/wire/frame.ts'
import { withoutSecrets } from '../http1/http1-query.ts'
import { createPart, type PartNote } from '../parsing/frame-stream.ts'
import { type CoapMessage, type CoapOption, describeCode } from './coap-message.ts'
import { describeValue, optionOf } from './coap-options.ts'

const URI_QUERY = 'Uri-Query'

/** What the bytes of one message are for. */
export interface CoapLayers {
  readonly head: Layer
  /** `payload` where the message carries what an application sent: then it is a part even where it is empty. */
  readonly payload: Layer
}

/** Every byte of a message, in the order of the wire (RFC 7252 §3). */
export function coapParts(message: CoapMessage, { head, payload }: CoapLayers): FramePart[] {
  const parts: FramePart[] = []
  const note = (label: string, lengthBytes: number, about: PartNote): void => {
    if (lengthBytes > 0) parts.push(createPart(head, label, lengthBytes, about))
  }
  const { token } = message
  note('version type and token length', 1, {
    text: `${message.type}, token of ${token.length} bytes`,
    clause: 'RFC 7252 §3',
  })
  note('Code', 1, { text: describeCode(message), clause: 'RFC 7252 §12.1' })
  note('Message ID', 2, { text: String(message.messageId), clause: 'RFC 7252 §4.4' })
  note('Token', token.length, {
    text: Buffer.from(token).toString('hex'),
    clause: 'RFC 7252 §5.3.1',
  })
  for (const option of message.options) noteOption(option, note)
  if (message.payload !== null) note('payload marker', 1, { text: 'ff', clause: 'RFC 7252 §3' })
  const payloadBytes = message.payload?.length ?? 0
  if (payloadBytes > 0 || payload === 'payload') {
    parts.push(createPart(payload, 'payload', payloadBytes, { clause: 'RFC 7252 §5.5' }))
  }
  return parts
}

function noteOption(
  { number, deltaExtendedBytes, lengthExtendedBytes, value }: CoapOption,
  note: (label: string, lengthBytes: number, about: PartNote) => void,
): void {
  const { name, format, clause } = optionOf(number)
  // Half of this byte is a delta: only with the options before it does it name the option.
  note(`${name} delta and length`, 1, { text: `option ${number}`, clause: 'RFC 7252 §3.1' })
  note(`${name} delta extended`, deltaExtendedBytes, { clause: 'RFC 7252 §3.1' })
  note(`${name} length extended`, lengthExtendedBytes, {
    text: String(value.length),
    clause: 'RFC 7252 §3.1',
  })
  const text = describeValue(format, value)
  const shown = name === URI_QUERY ? withoutSecrets(`?${text}`).slice(1) : text
  note(name, value.length, {
    ...{ text: shown, clause },
    ...(shown !== text && { disclosure: 'withheld' }),
  })
}
