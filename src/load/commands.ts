import { InstrumentError } from '../model/errors.ts'
import {
  type CommandBlockRequest,
  CommandCell,
  type OpenCommandCellRequest,
} from '../runner/command-cell.ts'
import {
  type FanoutBlockRequest,
  FanoutLatencyCell,
  type OpenFanoutRequest,
} from '../runner/fanout-latency-cell.ts'
import type { ConnectTally } from './driver/load-driver.ts'
import { type DriveRequest, LoadCell, type OpenLoadRequest } from './driver/session.ts'
import { runColdStart } from './passes/cold-start.ts'
import { runSeveralInFlight } from './passes/concurrent.ts'
import { type BlockRequest, LatencyCell, type OpenCellRequest } from './passes/latency-pass.ts'
import { probeLink } from './passes/probe-link.ts'

/** The open cells of the latency pass, by transport. */
class OpenCells<Cell extends AsyncDisposable> {
  readonly #cells = new Map<string, Cell>()

  async open(transport: string, opening: Promise<Cell>): Promise<void> {
    this.#cells.set(transport, await opening)
  }

  of(transport: string): Cell {
    const cell = this.#cells.get(transport)
    if (cell === undefined) {
      throw new InstrumentError('internal', `no connection is open for ${transport}`)
    }
    return cell
  }

  async close(transport: string): Promise<void> {
    const cell = this.#cells.get(transport)
    this.#cells.delete(transport)
    await cell?.[Symbol.asyncDispose]()
  }
}

const cells = new OpenCells<LatencyCell>()
const fanouts = new OpenCells<FanoutLatencyCell>()
const commandCells = new OpenCells<CommandCell>()

async function closeCell({ transport }: { transport: string }): Promise<void> {
  for (const open of [cells, commandCells, fanouts]) await open.close(transport)
}

/** One cell at a time is under load. */
let load: LoadCell | null = null

async function openLoad(request: OpenLoadRequest): Promise<ConnectTally> {
  await closeLoad()
  const opened = await LoadCell.open(request)
  load = opened.cell
  return opened.tally
}

function openedLoad(): LoadCell {
  if (load === null) throw new InstrumentError('internal', 'no load driver is open')
  return load
}

async function closeLoad(): Promise<void> {
  const open = load
  load = null
  await open?.[Symbol.asyncDispose]()
}

export const loadCommands = {
  openCell: (request: OpenCellRequest) => cells.open(request.transport, LatencyCell.open(request)),
  runBlock: (request: BlockRequest) => cells.of(request.transport).runBlock(request),
  openCommandCell: (request: OpenCommandCellRequest) =>
    commandCells.open(request.transport, CommandCell.open(request)),
  runCommandBlock: (request: CommandBlockRequest) =>
    commandCells.of(request.transport).runBlock(request),
  openFanout: (request: OpenFanoutRequest) =>
    fanouts.open(request.transport, FanoutLatencyCell.open(request)),
  runFanoutBlock: (request: FanoutBlockRequest) => fanouts.of(request.transport).runBlock(request),
  closeCell,
  coldStart: runColdStart,
  severalInFlight: runSeveralInFlight,
  probeLink,
  openLoad,
  driveLoad: (request: DriveRequest) => openedLoad().drive(request),
  closeLoad,
}

export type LoadCommands = typeof loadCommands
