import { InstrumentError } from '../model/errors.ts'
import type { BytesResult } from '../model/report/bytes-result.ts'
import type { Cell, Report } from '../model/report/report.ts'
import { saidText } from '../model/said/said.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import type { Scripts } from './month.ts'
import { type Script, scriptOf } from './script.ts'

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
    if (script === null) throw this.#refuse(`has no frames of ${cell.scenario} on ${transport}`)
    this.#scripts.set(key, script)
    return script
  }

  /** @throws InstrumentError `report-unreadable` */
  cell(transport: string, payload: 'reading' | 'batch'): Measured {
    const wanted = this.#scenarios[payload] ?? this.#scenarios.reading
    const stored = this.#report.plan.scenarios.find(({ name }) => name === wanted.name)
    const missing = `${wanted.name} on ${transport}`
    const found = this.#report.cells.find(
      (cell) => cell.scenario === wanted.name && cell.transport === transport,
    )
    if (stored === undefined || found === undefined) throw this.#refuse(`has no cell ${missing}`)
    if (found.status !== 'measured') {
      throw this.#refuse(`the cell ${missing} was ${found.status}: ${saidText(found.reason)}`)
    }
    if (found.bytes === null) throw this.#refuse(`has no bytes of ${missing}`)
    for (const key of DECIDING) {
      if (JSON.stringify(stored[key]) === JSON.stringify(wanted[key])) continue
      throw this.#refuse(`the cell ${missing} is of another ${key} than ${wanted.name} has now`)
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
    return new InstrumentError('report-unreadable', `${this.#name}: ${what}`)
  }
}
