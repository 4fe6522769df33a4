import { expect, it } from 'vitest'
import type { DissectorFactory, Frame } from '../src/model/wire/frame.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { countsRoundTrips, roundTripsOf } from '../src/wire/account/round-trips.ts'
import { DISSECTORS } from '../src/wire/dissectors/index.ts'
import { type Conversation, dissect } from './support/dissection.ts'
import { recordSession } from './support/record-session.ts'

/**
 * Every frame of a session with one message of 14 bytes: its size is part of the
 * promise. An asterisk marks what the device waited for.
 */
const UPLINKS: Record<string, string[]> = {
  'mqtt-ws-qos1': [
    'up setup upgrade request 188',
    'down setup upgrade response 159 *',
    'up setup CONNECT 31',
    'down setup CONNACK 6 *',
    'up steady PUBLISH 38',
    'down steady PUBACK 6 *',
    'up idle PINGREQ 8',
    'down idle PINGRESP 4 *',
    'up close DISCONNECT 8',
    'up close close 6',
    'down close close 2 *',
  ],
  websocket: [
    'up setup upgrade request 166',
    'down setup upgrade response 129 *',
    'up steady message 20',
    'down steady answer 2 *',
    'up idle ping 6',
    'down idle pong 2 *',
    'up close close 6',
    'down close close 2 *',
  ],
  socketio: [
    'up setup upgrade request 190',
    'down setup upgrade response 129 *',
    'down setup Engine.IO open 110',
    'up setup CONNECT 8',
    'down setup CONNECT 34 *',
    'up steady BINARY_EVENT 77',
    'down steady ACK 7 *',
    'up close DISCONNECT 8',
    'up close close 6',
    'down close close 2 *',
  ],
}

/** The same of a command of 14 bytes, the state of 4 that is reported, and one wait. */
const ROUNDTRIPS: Record<string, string[]> = {
  websocket: [
    'up setup upgrade request 173',
    'down setup upgrade response 129 *',
    'down steady message 16',
    'up steady message 10',
    'up idle ping 6',
    'down idle pong 2 *',
    'up close close 6',
    'down close close 2 *',
  ],
  socketio: [
    'up setup upgrade request 190',
    'down setup upgrade response 129 *',
    'down setup Engine.IO open 110',
    'up setup CONNECT 35',
    'down setup CONNECT 34 *',
    'down steady BINARY_EVENT 72',
    'up steady BINARY_EVENT 73',
    'down steady ACK 7 *',
    'down idle Engine.IO ping 3',
    'up idle Engine.IO pong 7',
    'up close DISCONNECT 8',
    'up close close 6',
    'down close close 2 *',
  ],
}

async function expectFrames(
  id: string,
  conversation: Conversation,
  expected: readonly string[],
): Promise<void> {
  const { protocol } = (await loadTransport(id)).traits
  const { frames, gaps } = dissect(DISSECTORS[protocol] as DissectorFactory, conversation)
  expect(gaps).toEqual([])
  expect(frames.map(describeFrame)).toEqual(expected)
  expect(countsRoundTrips(protocol)).toBe(true)
}

function describeFrame(frame: Frame): string {
  const { direction, phase, label, lengthBytes } = frame
  return `${direction} ${phase} ${label} ${lengthBytes}${roundTripsOf(frame) === 1 ? ' *' : ''}`
}

it.each(Object.entries(UPLINKS))('an uplink of %s, frame by frame', async (id, expected) => {
  const conversation = await recordSession(id, 'uplink', async ({ peer, producer }) => {
    await producer.send(Buffer.from('{ "temp": 25 }'))
    await peer.keepAlive?.()
  })
  await expectFrames(id, conversation, expected)
})

it.each(Object.entries(ROUNDTRIPS))('a roundtrip of %s, frame by frame', async (id, expected) => {
  const conversation = await recordSession(id, 'roundtrip', async (device) => {
    const { peer, producer } = device
    await using app = await device.connectApp()
    const reported = new Promise<void>((resolve) => {
      app.onState = () => resolve()
    })
    const applied = new Promise<void>((resolve, reject) => {
      const apply = () => producer.send(Buffer.from('done')).then(resolve, reject)
      peer.openConsumer?.(() => void apply()).catch(reject)
    })
    await app.command(Buffer.from('{ "temp": 25 }'))
    await Promise.all([applied, reported])
    const waited = peer.keepAlive?.()
    await app.endWait?.()
    await waited
  })
  await expectFrames(id, conversation, expected)
})
