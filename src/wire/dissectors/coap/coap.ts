import type { Direction } from '../../../model/vocabulary.ts'
import type { DatagramDissectorFactory } from '../../../model/wire/frame.ts'
import { DatagramStream } from '../parsing/datagram-stream.ts'
import { parseCoap } from './coap-message.ts'
import { coapParts } from './coap-parts.ts'
import { CoapSession } from './coap-session.ts'

/**
 * CoAP over UDP (RFC 7252), with block-wise transfer (RFC 7959) and Observe
 * (RFC 7641). The payload of POST, PUT and PATCH and that of a notification are
 * messages; a response is an acknowledgement with all that it carries.
 */
export const dissectCoap: DatagramDissectorFactory = (sink) => {
  const session = new CoapSession()
  const open = (direction: Direction): DatagramStream =>
    new DatagramStream(direction, sink, (datagram) => {
      const message = parseCoap(datagram)
      const { head, payload, ...frame } = session.classify(direction, message, datagram)
      return { ...frame, parts: coapParts(message, { head, payload }) }
    })
  const streams = { up: open('up'), down: open('down') }
  return {
    carrier: 'datagrams',
    feed: (direction, datagram) => streams[direction].feed(datagram),
    // Every message ends with its datagram: there is nothing half-read.
    end: () => {},
  }
}
