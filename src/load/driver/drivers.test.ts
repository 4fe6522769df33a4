import { expect, it } from 'vitest'
import { listTransports } from '../../transports/registry.ts'
import { BARE_DRIVERS } from './bare-drivers.ts'
import { driversOf } from './drivers.ts'

const clientsOf = (): Record<string, string[]> =>
  Object.fromEntries(
    listTransports().map(({ id, traits }) => [
      id,
      driversOf(id, traits).map(({ kind, client }) => `${kind} ${client}`),
    ]),
  )

it('drives what a user ships, and beside it what the protocol can do', () => {
  const clients = clientsOf()
  expect(clients['mqtt-qos1']).toEqual(['library mqtt.js', 'bare bare'])
  expect(clients.http1).toEqual(['library fetch', 'bare bare'])
  expect(clients.tcp).toEqual(['bare bare'])
})

it('drives nobody who sends when he likes, or nowhere, or only receives', () => {
  const clients = clientsOf()
  for (const id of ['http1-bare', 'memory', 'sse']) expect(clients[id], id).toEqual([])
})

it('has a bare driver for transports that there are, over their own protocol', () => {
  const traits = new Map(listTransports().map((each) => [each.id, each.traits]))
  for (const id of Object.keys(BARE_DRIVERS)) {
    expect(['http/1.1', 'mqtt/3.1.1', 'mqtt/5.0'], id).toContain(traits.get(id)?.protocol)
  }
})
