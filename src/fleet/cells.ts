import { InstrumentError } from '../model/errors.ts'
import type { BytesResult } from '../model/report/bytes-result.ts'
import type { Cell, Report } from '../model/report/report.ts'
import { saidText } from '../model/said/said.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { catalogue, named } from '../model/text/language.ts'
import type { Scripts } from './month.ts'
import { type Script, scriptOf } from './script.ts'

const say = catalogue({
  en: {
    on: (scenario: string, transport: string) => `${scenario} on ${transport}`,
    noFrames: (cell: string) => `has no frames of ${cell}`,
    noCell: (cell: string) => `has no cell ${cell}`,
    notMeasured: (cell: string, status: 'failed' | 'skipped', why: string) =>
      `the cell ${cell} was ${status}: ${why}`,
    noBytes: (cell: string) => `has no bytes of ${cell}`,
    other: (cell: string, key: string, name: string) =>
      `the cell ${cell} is of another ${key} than ${name} has now`,
  },
  'zh-TW': {
    on: (scenario, transport) => `${transport} 上的 ${scenario}`,
    noFrames: (cell) => `沒有 ${cell} 的訊框`,
    noCell: (cell) => `沒有 ${cell} 這一格`,
    notMeasured: (cell, status, why) =>
      `${cell} 這一格${status === 'failed' ? '失敗' : '略過'}：${why}`,
    noBytes: (cell) => `沒有 ${cell} 的位元組`,
    other: (cell, key, name) => `${cell} 這一格的 ${key} 與 ${name} 現在的不同`,
  },
})

type Measured = Extract<Cell, { status: 'measured' }>

/** What of a scenario decides the bytes of its messages. */
const DECIDING = ['payload', 'topic', 'path', 'http', 'tls', 'flow'] as const

/** The payload of a scenario, its message and its batch, by name. */
export interface FleetScenarios {
  readonly reading: Scenario
  /** Null where nothing is gathered into one message. */
  readonly batch: Scenario | null
}

/**
 * The cells of a report that a fleet is worked out from.
 * @param name how messages call the report
 */
export class FleetCells {
  readonly #report: Report
  readonly #scenarios: FleetScenarios
  readonly #name: string
  readonly #scripts = new Map<string, Script>()

  constructor(report: Report, scenarios: FleetScenarios, name: string) {
    this.#report = report
    this.#scenarios = scenarios
    this.#name = name
  }

  /** @throws InstrumentError `report-unreadable` where the cell is missing, or of another payload */
  readonly script: Scripts = (transport, payload) => {
    const key = `${transport} ${payload}`
    const known = this.#scripts.get(key)
    if (known !== undefined) return known
    const cell = this.cell(transport, payload)
    const script = scriptOf(cell.bytes as BytesResult, cell.protocol)
    if (script === null) throw this.#refuse(say.noFrames(say.on(cell.scenario, transport)))
    this.#scripts.set(key, script)
    return script
  }

  /** @throws InstrumentError `report-unreadable` */
  cell(transport: string, payload: 'reading' | 'batch'): Measured {
    const wanted = this.#scenarios[payload] ?? this.#scenarios.reading
    const stored = this.#report.plan.scenarios.find(({ name }) => name === wanted.name)
    const missing = say.on(wanted.name, transport)
    const found = this.#report.cells.find(
      (cell) => cell.scenario === wanted.name && cell.transport === transport,
    )
    if (stored === undefined || found === undefined) throw this.#refuse(say.noCell(missing))
    if (found.status !== 'measured') {
      throw this.#refuse(say.notMeasured(missing, found.status, saidText(found.reason)))
    }
    if (found.bytes === null) throw this.#refuse(say.noBytes(missing))
    for (const key of DECIDING) {
      if (JSON.stringify(stored[key]) === JSON.stringify(wanted[key])) continue
      throw this.#refuse(say.other(missing, key, wanted.name))
    }
    return found
  }

  has(transport: string, payload: 'reading' | 'batch'): boolean {
    try {
      this.script(transport, payload)
      return true
    } catch (error) {
      if (error instanceof InstrumentError) return false
      throw error
    }
  }

  #refuse(what: string): InstrumentError {
    return new InstrumentError('report-unreadable', named(this.#name, what))
  }
}
