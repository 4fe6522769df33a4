import { readdirSync, readFileSync } from 'node:fs'
import { Remarks } from '../../src/model/report/remarks.ts'
import { readCapture } from '../../src/wire/capture/files/read-capture.ts'
import { IP_PROTOCOL } from '../../src/wire/capture/packets/build-packets.ts'
import { readTcpSegment } from '../../src/wire/capture/packets/tcp-segment.ts'
import { readDatagram } from '../../src/wire/capture/packets/udp-datagram.ts'
import { Unwrapper } from '../../src/wire/capture/packets/unwrap.ts'
import { COAP_CONVERSATION } from '../../test/support/coap-conversation.ts'
import { down, up } from '../../test/support/dissection.ts'
import { DTLS_CONVERSATION } from '../../test/support/dtls-conversation.ts'
import type { Heard } from '../../test/support/lenient.ts'
import { LONG } from '../../test/support/long-conversations.ts'
import { RECORDED } from '../../test/support/recorded-conversations.ts'
import { RFC8448_CONVERSATION } from '../../test/support/rfc8448.ts'
import { compressed } from '../../test/support/websocket-frames.ts'

const CASES = new URL('../../test/fixtures/cases/', import.meta.url).pathname

/** Captures of odd traffic, whole files. */
export const CAPTURES: readonly Uint8Array[] = readdirSync(CASES)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => readFileSync(`${CASES}${name}`))
  .filter((file) => file.length > 0)

/** What was said in a capture, packet by packet; who has the lower port is the server. */
function saidIn(file: Uint8Array): Heard {
  const unwrapper = new Unwrapper(new Remarks())
  return (readCapture(file)?.packets ?? []).flatMap((captured): Heard[number][] => {
    const packet = unwrapper.unwrap(captured)
    const isUdp = packet?.protocol === IP_PROTOCOL.udp
    const unit = packet && (isUdp ? readDatagram(packet) : readTcpSegment(packet))
    if (unit === null || unit.payload.length === 0) return []
    return [[unit.sourcePort > unit.destinationPort ? 'up' : 'down', unit.payload]]
  })
}

/** What is said before it is put into messages, by what it is then. */
const COMPRESSED: Readonly<Record<string, readonly Heard[]>> = {
  'mqtt/3.1.1 over websocket': [compressed(LONG['mqtt/3.1.1'] ?? [])],
  'mqtt/5.0 over websocket': [compressed(LONG['mqtt/5.0'] ?? [])],
  'socket.io': [
    compressed(
      [
        down('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}'),
        ...[up('40'), down('40{"sid":"b"}')],
        ...[up('421["temp",{"value":21}]'), down('431[]'), down('2'), up('3')],
        ...[up('422["temp",{"value":22}]'), down('432[]'), up('41')],
      ],
      'text',
    ),
  ],
}

/** Conversations that are clean, and some that are not. */
export const SEEDS: readonly Heard[] = [
  ...Object.values(RECORDED),
  ...Object.values(LONG),
  COAP_CONVERSATION,
  DTLS_CONVERSATION,
  RFC8448_CONVERSATION,
  ...Object.values(COMPRESSED).flat(),
  ...CAPTURES.map(saidIn),
].filter((seed) => seed.length > 0)

export const seedsOf = (protocol: string): readonly Heard[] => {
  if (protocol === 'coap') return [COAP_CONVERSATION]
  const own = Object.entries({ ...LONG }).concat(Object.entries(RECORDED))
  return [
    ...own.filter(([name]) => name === protocol).map(([, conversation]) => conversation),
    ...(COMPRESSED[protocol] ?? []),
  ]
}
