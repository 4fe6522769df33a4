import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { DatagramDissectorFactory, DissectorSink } from '../../../model/wire/frame.ts'
import { datagramStream } from '../parsing/datagram-stream.ts'
import { Rules } from '../parsing/rules.ts'
import { type CoapMessage, describeCode, parseCoap } from './coap-message.ts'
import { coapParts } from './coap-parts.ts'
import { CoapSession } from './coap-session.ts'

/**
 * CoAP over UDP (RFC 7252), with block-wise transfer (RFC 7959) and Observe
 * (RFC 7641). The payload of POST, PUT and PATCH, that of a notification, and what
 * a GET fetches are messages; another response is an acknowledgement with all that
 * it carries.
 */
export const dissectCoap: DatagramDissectorFactory = (sink) => {
  const rules = { up: new Rules(sink, 'up'), down: new Rules(sink, 'down') }
  const session = new CoapSession(rules)
  const open = (direction: Direction) =>
    datagramStream(direction, sink, (datagram) => {
      const message = parseCoap(datagram)
      const { head, payload, ...frame } = session.classify(direction, message, datagram)
      tellOutcome(sink, direction, message, frame.label)
      return { ...frame, parts: coapParts(message, { head, payload }) }
    })
  const streams = { up: open('up'), down: open('down') }
  return {
    carrier: 'datagrams',
    feed: (direction, datagram) => streams[direction](datagram),
    // Every message ends with its datagram: there is nothing half-read.
    end: () => {
      for (const direction of DIRECTIONS) {
        const count = session.unanswered(direction)
        const outcome = { direction, unit: 'request', text: 'not answered' } as const
        if (count > 0) sink.outcome?.({ ...outcome, verdict: 'unanswered' }, count)
      }
    },
  }
}

/** What was sent again, and what a response says of its request. */
function tellOutcome(
  sink: DissectorSink,
  direction: Direction,
  message: CoapMessage,
  label: string,
): void {
  if (label === 'retransmission') {
    sink.outcome?.({ direction, unit: 'message', text: 'sent again', verdict: 'again' })
  } else if (message.codeClass > 0) {
    const verdict = message.codeClass === 2 ? 'accepted' : 'refused'
    sink.outcome?.({ direction, unit: 'response', text: describeCode(message), verdict })
  }
}
