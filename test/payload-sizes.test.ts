import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { sizeFiles } from '../src/export/files/sizes-csv.ts'
import { plotFiles } from '../src/export/html/html.ts'
import { exporters } from '../src/export/index.ts'
import { sizeFamilies, underFrom } from '../src/export/report/sizes/size-curves.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import type { BytesResult } from '../src/model/report/report.ts'
import type { Scenario } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { createPayloads } from '../src/scenario/payload.ts'
import { sizedReport, sizeScenarios, sizesFile } from './fixtures/sized-report.ts'
import { plainPass } from './support/byte-pass.ts'

/** MQTT 3.1.1 §2.2.3: seven bits a byte. */
const lengthBytes = (length: number): number =>
  length < 2 ** 7 ? 1 : length < 2 ** 14 ? 2 : length < 2 ** 21 ? 3 : 4

/** §3.3: type, Remaining Length, topic of 12 bytes, packet id, payload; §3.4: PUBACK. */
const publishBytes = (payload: number, qos: 0 | 1): number => {
  const rest = 2 + 12 + (qos === 0 ? 0 : 2) + payload
  return 1 + lengthBytes(rest) + rest + (qos === 0 ? 0 : 4)
}

async function passOf(transport: string, scenario: Scenario): Promise<BytesResult> {
  const host = new EndpointHost()
  try {
    const serving = { transport, scenario, options: {}, host: '127.0.0.1', injection: NO_INJECTION }
    const { address, certificate } = await host.serve(serving)
    const { bytes, failure } = await runBytePass(
      plainPass({ transport, scenario, address, certificate }),
    )
    expect(failure).toBeNull()
    if (bytes === null) throw new Error('nothing was measured')
    return bytes
  } finally {
    await host.stop()
  }
}

const steady = ({ ledger, messages }: BytesResult): number =>
  sumLedger(ledger, { phase: 'steady' }) / messages

describe('sizes of payloads', () => {
  it('are built in from 1 to 100,000 bytes', () => {
    expect(sizesFile.payload.size).toEqual([1, 10, 100, 1_000, 10_000, 100_000])
    expect(sizeScenarios([1, 10]).map(({ name, title }) => [name, title])).toEqual([
      ['payload-sizes-1', { en: 'a message, 1 B', 'zh-TW': '一則訊息，1 B' }],
      ['payload-sizes-10', { en: 'a message, 10 B', 'zh-TW': '一則訊息，10 B' }],
    ])
  })

  it.each([
    ['mqtt-qos0', 0, [113, 114, 16_369, 16_370]],
    ['mqtt-qos1', 1, [111, 112, 16_367, 16_368]],
  ] as const)('cost on %s what the specification says, steps included', async (id, qos, steps) => {
    const sizes = [...(sizesFile.payload.size as number[]), ...steps]
    for (const scenario of sizeScenarios(sizes)) {
      const size = scenario.payload.size ?? -1
      expect(steady(await passOf(id, scenario)), `${size}`).toBe(publishBytes(size, qos))
    }
    const [short, long, longer, longest] = steps.map((size) => publishBytes(size, qos))
    expect((long ?? 0) - (short ?? 0)).toBe(2)
    expect((longest ?? 0) - (longer ?? 0)).toBe(2)
  })

  it('are random, or the same again and again, from the seed', () => {
    const of = (compressible: boolean, seed = 1): string => {
      const [scenario] = sizeScenarios([48])
      const payload = { ...sizesFile.payload, size: 48, compressible, seed }
      return Buffer.from(createPayloads({ ...scenario, payload } as Scenario).payload(0)).toString(
        'hex',
      )
    }
    expect(of(false)).toBe(of(false))
    expect(of(false, 2)).not.toBe(of(false))
    const [first, ...rest] = of(true).match(/.{32}/g) ?? []
    expect(rest).toEqual([first, first])
    expect(new Set(of(false).match(/.{32}/g)).size).toBe(3)
  })
})

describe('a report of sizes', () => {
  const report = sizedReport()

  it('says from which size on HTTP takes less than a factor', () => {
    const [ratio] = sizeFamilies(report)[0]?.ratios ?? []
    if (ratio === undefined) throw new Error('no ratio')
    // (300 + s) / (20 + s) < k where s > (300 − 20 k) / (k − 1).
    expect(underFrom(ratio, 2)).toBe(261)
    expect(underFrom(ratio, 1.1)).toBe(2_781)
    expect(underFrom(ratio, 20)).toBe(1)
    expect(underFrom(ratio, 1.01)).toBeNull()
  })

  it('says so in the answer, in tables, in a file and in a picture', () => {
    const show = (sections?: ['sizes']): string =>
      exporters.table.render(report, {
        ...{ columns: 80, colour: false },
        ...(sections && { sections }),
      })
    expect(show(['sizes']).replaceAll(/ +/g, ' ')).toContain(
      'http1 / mqtt-qos1 14.3 3.33 1.27 1.03 ≈261 ≈2,781',
    )
    expect(show().replaceAll('\n', ' ')).toContain(
      'on the wire of a kept connection HTTP takes less than twice what MQTT does from 261 B on and less than 1.1 times from 2,781 B on.',
    )
    const [csv] = sizeFiles(report)
    expect(csv?.name).toBe('payload-sizes.csv')
    const rows = parse(csv?.text ?? '', { columns: true }) as Record<string, string>[]
    expect(rows.at(-1)).toEqual({
      ...{ scenario: 'payload-sizes', payload_bytes: '10000', transport: 'mqtt-qos1' },
      ...{ connection: 'kept', wire_bytes_per_message: '10020', link_bytes_per_message: '' },
      ...{ compared_to: 'http1', wire_ratio: '1.028', link_ratio: '' },
    })
    const plot = plotFiles(report).find(({ name }) => name === 'sizes-payload-sizes.svg')
    expect(plot?.text).toContain('less than twice from 261 B on')
  })
})
