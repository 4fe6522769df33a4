import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectAsync, type IClientOptions } from 'mqtt'
import { Agent, fetch } from 'undici'
import { describe, expect, it } from 'vitest'
import { hasTool } from './support/command.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { tapping } from './support/tapping.ts'

/*
 * What a device says of itself, through a tap: charged to the phase and layer
 * that test/identity-costs.test.ts holds a run to, with the same arithmetic.
 */

const MESSAGES = 3
const PAYLOAD = '{ "temp": 25 }'
const TOKEN = 't'.repeat(300)

/** Bytes by phase, direction and layer of all that `drive` says through a tap. */
async function placesOf(port: number, drive: (port: number) => Promise<void>) {
  const { protocols } = await tapping(port, drive)
  const places = new Map<string, number>()
  for (const { phase, direction, layer, bytes } of protocols.flatMap(({ ledger }) => ledger)) {
    if (layer === 'network') continue
    const place = `${phase} ${direction} ${layer}`
    places.set(place, (places.get(place) ?? 0) + bytes)
  }
  return places
}

function difference(more: Map<string, number>, less: Map<string, number>) {
  const places = [...new Set([...more.keys(), ...less.keys()])]
  const bytes = places.map((place) => [place, (more.get(place) ?? 0) - (less.get(place) ?? 0)])
  return Object.fromEntries(bytes.filter(([, count]) => count !== 0))
}

describe.skipIf(!hasTool('tcpdump'))('a tap charges what a device says of itself', () => {
  it.skipIf(!hasTool('mosquitto'))('to CONNECT, once a connection', async () => {
    await using broker = await ownMosquitto()
    const saying = (more: IClientOptions) =>
      placesOf(broker.port, async (port) => {
        const url = `mqtt://127.0.0.1:${port}`
        const device = await connectAsync(url, { clientId: 'sensor-0001', ...more })
        for (let turn = 0; turn < MESSAGES; turn += 1) {
          await device.publishAsync('sensors/temp', PAYLOAD, { qos: 1 })
        }
        await device.endAsync()
      })
    const will = { topic: 'gone', payload: Buffer.from('x'), qos: 0, retain: false } as const
    const identity = { username: 'device', password: TOKEN, will }
    // §3.1.3.2 to §3.1.3.5, each with two bytes of length; one of Remaining Length (§2.2.3).
    const said = 2 + 'gone'.length + (2 + 1) + (2 + 'device'.length) + (2 + 300) + 1
    expect(difference(await saying(identity), await saying({}))).toEqual({
      'setup up control': said,
    })
  })

  it('to every request of HTTP', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(204).end())
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const saying = (headers: Record<string, string>) =>
      placesOf((server.address() as AddressInfo).port, async (port) => {
        const dispatcher = new Agent({ connections: 1 })
        for (let turn = 0; turn < MESSAGES; turn += 1) {
          const url = `http://127.0.0.1:${port}/sensors/temp`
          const answer = await fetch(url, { method: 'POST', body: PAYLOAD, headers, dispatcher })
          await answer.arrayBuffer()
        }
        await dispatcher.close()
      })
    const field = 'authorization: Bearer \r\n'.length + 300
    const cost = difference(await saying({ authorization: `Bearer ${TOKEN}` }), await saying({}))
    server.close()
    expect(cost).toEqual({ 'steady up framing': MESSAGES * field })
  })
})
