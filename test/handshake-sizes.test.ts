import { describe, expect, it, onTestFinished } from 'vitest'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { loadTransport, resolveTransports } from '../src/transports/registry.ts'
import { plainPass } from './support/byte-pass.ts'
import { canRun } from './support/transports.ts'

const scenario = scenarioSchema.parse({
  ...{ name: 'size', title: 'size', messages: 1, payload: { hex: '00' } },
})

/** As often as a random field of a session ticket needs to take each of its lengths. */
/** 200 where that is asked for; what varied did so once in some ten. */
const TIMES = Number(process.env.MQTT_VS_HTTP_HANDSHAKES ?? 20)

interface Kind {
  id: string
  options: { broker?: string }
}

/** Every way that runs on TLS, on each program that ends TLS for it. */
async function kinds(): Promise<Kind[]> {
  const found: Kind[] = []
  for (const id of resolveTransports(['tls'])) {
    const { traits, optionNames = [] } = await loadTransport(id)
    if (!traits.flows.includes('uplink')) continue
    const choices = optionNames.includes('broker') ? [{}, { broker: 'mosquitto' }] : [{}]
    for (const options of choices) {
      if (await canRun(id, options)) found.push({ id, options })
    }
  }
  return found
}

const KINDS = await kinds()

describe('a connection, one message and goodbye', () => {
  it.each(KINDS)(
    'have the same bytes each time: $id $options.broker',
    async ({ id, options }) => {
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
    120_000,
  )
})
