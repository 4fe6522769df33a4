import { join } from 'node:path'
import { planBill } from '../src/fleet/bill.ts'
import { FleetCells } from '../src/fleet/cells.ts'
import { energyOf } from '../src/fleet/energy.ts'
import { dataNames, loadData, readPlans } from '../src/fleet/load-data.ts'
import { monthOf } from '../src/fleet/month.ts'
import { workOut } from '../src/fleet/work-out.ts'
import { fleetFileSchema } from '../src/model/fleet/fleet-file.ts'
import { secondsOf } from '../src/model/fleet/quantity.ts'
import { radioFileSchema } from '../src/model/fleet/radio-file.ts'
import { reportSchema } from '../src/model/report/report.ts'
import type { Scenario } from '../src/model/scenario/scenario.ts'
import { readFileCapped } from '../src/scenario/read-file.ts'

/** How long a fleet takes to work out: `node --expose-gc --import tsx bench/fleet.ts`. */

const COMBINATIONS = 10_000
const DEVICES = 10_000
const MIB = 1_024 ** 2

const file = join(import.meta.dirname, '..', 'test', 'fixtures', 'fleet', 'readings.json')
const codes = { missing: 'report-unreadable', unusable: 'report-unreadable' } as const
const text = new TextDecoder().decode(await readFileCapped(file, 16 * MIB, file, codes))
const report = reportSchema.parse(JSON.parse(text))
const reading = report.plan.scenarios[0] as Scenario
const { script } = new FleetCells(report, { reading, batch: null }, file)

const fleetOf = (every: string) =>
  fleetFileSchema.parse({
    ...{ name: 'bench', devices: DEVICES, scenario: 'json', schedule: { every } },
    connection: { session: 'resumed', keepAlive: '5m', natTimeout: '10m', reconnects: '1/d' },
    transports: ['https1', 'mqtts-qos1', 'mqtt-qos0', 'http1', 'coap-con'],
  })

function timed(what: string, work: () => number): void {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const from = process.hrtime.bigint()
  const sum = work()
  const ms = Number(process.hrtime.bigint() - from) / 1e6
  globalThis.gc?.()
  const grown = (process.memoryUsage().heapUsed - before) / MIB
  process.stdout.write(
    `${what}: ${ms.toFixed(0)} ms, heap ${grown.toFixed(1)} MiB more (${sum.toExponential(3)})\n`,
  )
}

const plans = await readPlans(dataNames('plan'), 'bench')
const radios = await loadData('radio', dataNames('radio'), 'bench', radioFileSchema)
timed(`${COMBINATIONS} combinations of transport, plan and radio`, () => {
  let [sum, done] = [0, 0]
  for (let minutes = 1; done < COMBINATIONS; minutes += 1) {
    const fleet = fleetOf(`${minutes}m`)
    for (const transport of fleet.transports) {
      const month = monthOf(fleet, transport, 'kept', script)
      if (month === null) continue
      for (const plan of plans) {
        const bill = planBill(month, plan, fleet).billedBytes[0]
        for (const radio of radios) {
          sum += bill + energyOf(month, radio, null).mAhADay
          done += 1
        }
      }
    }
  }
  return sum
})

/** All that `fleet` prints, of a day and of a year: the same arithmetic, whatever the time. */
for (const month of ['1d', '365.25d']) {
  const fleet = { ...fleetOf('1m'), month: secondsOf(month) as number, devices: DEVICES }
  timed(`${DEVICES} devices over ${month}`, () => {
    const worked = workOut({
      ...{ fleet, data: { plans, clouds: [], radios }, scripts: script, cellsFrom: 'bench' },
      ...{ link: null, measured: new Map() },
      message: { scenario: 'json', payloadBytes: 14, topicBytes: 12, responseBytes: 0 },
    })
    return worked.rows.reduce((sum, { bytesUp }) => sum + bytesUp * DEVICES, 0)
  })
}
