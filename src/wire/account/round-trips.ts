import type { Frame } from '../../model/wire/frame.ts'

/**
 * Units by which the far side lets the device go on: whoever sent the question
 * has waited one round trip for them. Counted by the protocol's own units and
 * not by turns of the byte stream, since how many packets two units share is
 * the kernel's business and differs from run to run.
 *
 * - MQTT 3.1.1 §3.2, §3.9, §3.11, §3.13 and §4.3: QoS 0 waits for nothing, QoS 1
 *   for PUBACK, QoS 2 for PUBREC and then for PUBCOMP.
 *   MQTT 5.0 §4.12: a challenge (AUTH) is answered before the connection goes on.
 * - HTTP (RFC 9110 §15): the response, and an interim one, which the client
 *   waits for before it sends the content (§10.1.1). In HTTP/2 it is the header
 *   section that answers, not the frames after it; a client waits for no SETTINGS
 *   (RFC 9113 §3.4), but for the acknowledgement of its PING.
 * - TLS 1.3 (RFC 8446 §2): the server's flight, which begins with ServerHello,
 *   in a full handshake and in a resumed one; a HelloRetryRequest before it (§2.1)
 *   is one more. DTLS 1.2 (RFC 6347 §4.2): HelloVerifyRequest, ServerHello, and the
 *   server's Finished, before which nothing may be sent.
 * - WebSocket (RFC 6455 §4.1, §5.5.3, §7.1.1): the upgrade response, a pong, the
 *   close frame that answers the device's, and the application's answer.
 * - Socket.IO: CONNECT (Engine.IO's `open` comes unasked, with the upgrade
 *   response) and the acknowledgement of an event. A ping is the server's, and
 *   the device waits for nothing.
 * - CoAP (RFC 7252 §5.2): the response, piggybacked or not, once for each block
 *   of a block-wise transfer (RFC 7959 §2.5), and the reset that answers a ping
 *   (§4.3). An empty acknowledgement lets nobody go on.
 */
const ANSWERS: ReadonlySet<string> = new Set([
  'CONNACK',
  'AUTH',
  'SUBACK',
  'UNSUBACK',
  'PUBACK',
  'PUBREC',
  'PUBCOMP',
  'PINGRESP',
  'response',
  'interim response',
  'response HEADERS',
  'interim response HEADERS',
  'PING ACK',
  'RST',
  'echo',
  'HelloRetryRequest',
  'HelloVerifyRequest',
  'ServerHello',
  'upgrade response',
  'pong',
  'close',
  'answer',
  'CONNECT',
  'CONNECT_ERROR',
  'ACK',
  'BINARY_ACK',
])

/** Whose answers are all in the list above. Of the others nothing is said, rather than something wrong. */
const COUNTED_PROTOCOLS: ReadonlySet<string> = new Set([
  'http/1.1',
  'http/2',
  'mqtt/3.1.1',
  'mqtt/5.0',
  'mqtt/3.1.1 over websocket',
  'mqtt/5.0 over websocket',
  'websocket',
  'socket.io',
  'coap',
  'length-prefixed',
])

/** Whether the round trips of a protocol can be told from its frames. */
export const countsRoundTrips = (protocol: string): boolean => COUNTED_PROTOCOLS.has(protocol)

/** Round trips that end with this frame: 1 for an answer that the device waited for, else 0. */
export const roundTripsOf = ({ direction, label, clause }: Frame): 0 | 1 =>
  direction === 'down' && (ANSWERS.has(label) || clause === DTLS_FINISHED) ? 1 : 0

/** That of TLS 1.3 comes in one flight with ServerHello. */
const DTLS_FINISHED = 'RFC 6347 §4.2.6'
