import { describe, expect, it } from 'vitest'
import type { DissectorFactory } from '../src/model/frame.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { DISSECTORS } from '../src/wire/dissectors/index.ts'
import { dissect } from './support/dissection.ts'
import { recordSession } from './support/record-session.ts'

/** Every frame of a session with one message of 14 bytes: its size is part of the promise. */
const SESSIONS: Record<string, string[]> = {
  'mqtt-ws-qos1': [
    'up setup upgrade request 188',
    'down setup upgrade response 159',
    'up setup CONNECT 31',
    'down setup CONNACK 6',
    'up steady PUBLISH 38',
    'down steady PUBACK 6',
    'up idle PINGREQ 8',
    'down idle PINGRESP 4',
    'up close DISCONNECT 8',
    'up close close 6',
    'down close close 2',
  ],
  websocket: [
    'up setup upgrade request 166',
    'down setup upgrade response 129',
    'up steady message 20',
    'down steady answer 2',
    'up idle ping 6',
    'down idle pong 2',
    'up close close 6',
    'down close close 2',
  ],
  socketio: [
    'up setup upgrade request 190',
    'down setup upgrade response 129',
    'down setup Engine.IO open 110',
    'up setup CONNECT 8',
    'down setup CONNECT 34',
    'up steady BINARY_EVENT 77',
    'down steady ACK 7',
    'up close DISCONNECT 8',
    'up close close 6',
    'down close close 2',
  ],
}

describe.each(Object.entries(SESSIONS))('a session of %s', (id, expected) => {
  it('has these frames in this order, the closing handshake to its end', async () => {
    const conversation = await recordSession(id, [Buffer.from('{ "temp": 25 }')])
    const { protocol } = (await loadTransport(id)).traits
    const { frames, gaps } = dissect(DISSECTORS[protocol] as DissectorFactory, conversation)
    expect(gaps).toEqual([])
    expect(
      frames.map((each) => `${each.direction} ${each.phase} ${each.label} ${each.lengthBytes}`),
    ).toEqual(expected)
  })
})
