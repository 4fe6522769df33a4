import type { Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import type { Http2Connection, Http2Frame } from './http2-connection.ts'
import { ACK, FRAME_CLAUSES, hexadecimal, viewOf } from './http2-frames.ts'

interface Setting {
  readonly name: string
  readonly clause: string
  readonly range?: readonly [least: number, most: number]
}

const DEFINED = 'RFC 9113 §6.5.2'

const SETTINGS: Readonly<Record<number, Setting>> = {
  1: { name: 'SETTINGS_HEADER_TABLE_SIZE', clause: DEFINED },
  2: { name: 'SETTINGS_ENABLE_PUSH', clause: DEFINED, range: [0, 1] },
  3: { name: 'SETTINGS_MAX_CONCURRENT_STREAMS', clause: DEFINED },
  4: { name: 'SETTINGS_INITIAL_WINDOW_SIZE', clause: DEFINED, range: [0, 0x7fff_ffff] },
  5: { name: 'SETTINGS_MAX_FRAME_SIZE', clause: DEFINED, range: [16_384, 0xff_ffff] },
  6: { name: 'SETTINGS_MAX_HEADER_LIST_SIZE', clause: DEFINED },
  8: { name: 'SETTINGS_ENABLE_CONNECT_PROTOCOL', clause: 'RFC 8441 §3', range: [0, 1] },
  9: { name: 'SETTINGS_NO_RFC7540_PRIORITIES', clause: 'RFC 9218 §2.1', range: [0, 1] },
}

const SETTING_BYTES = 6

/** Identifier and value of each setting are one part. */
export function* readSettings({ header, stream, connection }: Http2Frame): Reading<void> {
  const clause = FRAME_CLAUSES.SETTINGS
  const { direction } = stream
  const { lengthBytes, flags } = header
  if (lengthBytes % SETTING_BYTES !== 0 || (flags & ACK && lengthBytes > 0)) {
    throw new MalformedBytes(`SETTINGS has ${lengthBytes} bytes (${clause})`)
  }
  const view = viewOf(yield take(lengthBytes))
  for (let at = 0; at < lengthBytes; at += SETTING_BYTES) {
    const identifier = view.getUint16(at)
    const value = view.getUint32(at + 2)
    // One that nobody knows is ignored.
    const setting = SETTINGS[identifier] ?? { name: `setting ${hexadecimal(identifier)}`, clause }
    stream.rules.check(() => refuseOutOfRange(setting, value))
    stream.part('control', setting.name, SETTING_BYTES, {
      text: String(value),
      clause: setting.clause,
    })
    apply(connection, direction, identifier, value)
  }
  stream.frame('setup', connection.acknowledge(stream, 'SETTINGS', header), clause)
}

function refuseOutOfRange({ name, range, clause }: Setting, value: number): void {
  if (range === undefined || (value >= range[0] && value <= range[1])) return
  throw new MalformedBytes(`${name} is ${value}, not ${range[0]} to ${range[1]} (${clause})`)
}

/**
 * A setting limits what the other side sends. A limit that is lowered binds it
 * only from its acknowledgement on, so the highest that was announced is kept.
 */
function apply(
  connection: Http2Connection,
  direction: Direction,
  identifier: number,
  value: number,
): void {
  const other = connection.opposite(direction)
  if (identifier === 1) other.hpack.table.allow(value)
  if (identifier === 2 && direction === 'up') connection.mayPush = value === 1
  if (identifier === 5) other.maxFrameBytes = Math.max(other.maxFrameBytes, value)
}
