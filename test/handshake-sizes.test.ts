import { describe, expect, it, onTestFinished } from 'vitest'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { DEFAULT_TLS_PROFILE, TLS_PROFILES, type TlsProfileId } from '../src/model/tls/profiles.ts'
import { loadTransport, resolveTransports } from '../src/transports/registry.ts'
import { tlsObstacle } from '../src/transports/tls/profile-obstacle.ts'
import { plainPass } from './support/byte-pass.ts'
import { canRun } from './support/transports.ts'

const scenarioWith = (tls: TlsProfileId) =>
  scenarioSchema.parse({
    ...{ name: 'size', title: 'size', messages: 1, payload: { hex: '00' }, tls },
  })

/**
 * As often as a random field of a session ticket needs to take each of its lengths:
 * what varied did so once in some ten. `MQTT_VS_HTTP_HANDSHAKES=200` has so many, and
 * those of every TLS profile.
 */
const ASKED = process.env.MQTT_VS_HTTP_HANDSHAKES
const TIMES = Number(ASKED ?? 20)

interface Kind {
  id: string
  tls: TlsProfileId
  options: { broker?: string }
}

/** A session is what it is by its ALPN, and by whether it is resumed: of other profiles, one of each. */
const OF_EACH_PROFILE: ReadonlySet<string> = new Set([
  ...['https1-close', 'https1-resumed', 'http2', 'mqtts-close', 'mqtts-resumed'],
  ...['mqtts5-resumed', 'mqtt-wss-qos1'],
])

/** Every way that runs on TLS, on each program that ends TLS for it. */
async function kinds(): Promise<Kind[]> {
  const found: Kind[] = []
  for (const id of resolveTransports(['tls'])) {
    const { traits, optionNames = [] } = await loadTransport(id)
    if (!traits.flows.includes('uplink')) continue
    const choices = optionNames.includes('broker') ? [{}, { broker: 'mosquitto' }] : [{}]
    for (const options of choices) {
      if (!(await canRun(id, options))) continue
      for (const profile of TLS_PROFILES) {
        const tls = profile.id as TlsProfileId
        const isWanted = ASKED !== undefined && OF_EACH_PROFILE.has(id)
        if (tls !== DEFAULT_TLS_PROFILE && !isWanted) continue
        if (tlsObstacle(profile, traits, 'ours') === null) found.push({ id, tls, options })
      }
    }
  }
  return found
}

const KINDS = await kinds()

describe('a connection, one message and goodbye', () => {
  it.each(KINDS)(
    'have the same bytes each time: $id $tls $options.broker',
    async ({ id, tls, options }) => {
      const scenario = scenarioWith(tls)
      const transport = await loadTransport(id)
      const stop = new AbortController()
      const endpoint = await transport.serve(transport.parseOptions(options), {
        ...{ scenario, host: '127.0.0.1', signal: stop.signal },
        onArrival: () => undefined,
      })
      onTestFinished(() => endpoint[Symbol.asyncDispose]())
      const { address, certificate = null } = endpoint
      const pass = plainPass({ transport: id, scenario, address: address.href, certificate })
      const sizes = new Map<string, number>()
      for (let times = 0; times < TIMES; times += 1) {
        const { bytes, failure } = await runBytePass({ ...pass, cell: { ...pass.cell, options } })
        expect(failure).toBeNull()
        const size = JSON.stringify(bytes?.totals)
        sizes.set(size, (sizes.get(size) ?? 0) + 1)
      }
      expect([...sizes.values()]).toEqual([TIMES])
    },
    ASKED === undefined ? 120_000 : 600_000,
  )
})
