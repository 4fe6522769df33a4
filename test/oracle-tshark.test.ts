import { describe, expect, it } from 'vitest'
import type { Direction } from '../src/model/vocabulary.ts'
import type { DissectorFactory, Frame } from '../src/model/wire/frame.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { DISSECTORS } from '../src/wire/dissectors/index.ts'
import { hasTool } from './support/command.ts'
import { type Conversation, dissect } from './support/dissection.ts'
import { recordSession } from './support/record-session.ts'
import { readWithTshark } from './support/tshark.ts'

/** Around the lengths at which a header grows (RFC 6455 §5.2). */
const PAYLOADS = [14, 0, 125, 126, 65_535, 65_536].map((bytes) => Buffer.alloc(bytes, 0x2a))

const OPCODES = ['continuation', 'text', 'binary', '', '', '', '', '', 'close', 'ping', 'pong']

/** Each WebSocket frame of one direction: opcode and length. */
function framesByDissector(frames: readonly Frame[], direction: Direction): string[] {
  const parts = frames.filter((frame) => frame.direction === direction).flatMap((f) => f.parts)
  return parts.flatMap(({ label, text }, index) => {
    if (label !== 'FIN and opcode') return []
    const length = parts[index + 1]?.text ?? parts[index + 2]?.text
    return [`${text?.replace('FIN, ', '')} ${length}`]
  })
}

function framesByTshark(conversation: Conversation, direction: Direction): string[] {
  const [opcode, short, medium, long] = [
    'websocket.opcode',
    'websocket.payload_length',
    'websocket.payload_length_ext_16',
    'websocket.payload_length_ext_64',
  ] as const
  const packets = readWithTshark(conversation, 'http', [opcode, short, medium, long])
  return packets
    .filter((packet) => packet.direction === direction)
    .flatMap(({ values }) => {
      const extended = { 126: [...(values[medium] ?? [])], 127: [...(values[long] ?? [])] }
      return (values[opcode] ?? []).map((value, index) => {
        const length = values[short]?.[index]
        const queue = length === '126' || length === '127' ? extended[length] : [length]
        return `${OPCODES[Number(value)]} ${queue.shift()}`
      })
    })
}

describe.skipIf(!hasTool('tshark'))('tshark finds the same WebSocket frames', () => {
  it.each(['mqtt-ws-qos1', 'websocket', 'socketio'])('on %s', async (id) => {
    const conversation = await recordSession(id, 'uplink', async ({ peer, producer }) => {
      for (const payload of PAYLOADS) await producer.send(payload)
      await peer.keepAlive?.()
    })
    const { protocol } = (await loadTransport(id)).traits
    const { frames, gaps } = dissect(DISSECTORS[protocol] as DissectorFactory, conversation)
    expect(gaps).toEqual([])
    for (const direction of ['up', 'down'] as const) {
      const found = framesByDissector(frames, direction)
      expect(found).toEqual(framesByTshark(conversation, direction))
      expect(found.length).toBeGreaterThan(PAYLOADS.length)
    }
  })
})
