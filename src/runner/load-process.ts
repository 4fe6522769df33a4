import { InstrumentError } from '../model/errors.ts'
import { runBytePass } from './byte-pass.ts'
import {
  type CommandBlockRequest,
  CommandCell,
  type OpenCommandCellRequest,
} from './command-cell.ts'
import { EndpointHost } from './endpoint-host.ts'
import { type BlockRequest, LatencyCell, type OpenCellRequest } from './latency-cell.ts'
import { answerRequests } from './worker-channel.ts'

/** The open cells of the latency pass, by transport. */
const cells = new Map<string, LatencyCell>()
const commandCells = new Map<string, CommandCell>()

/** A transport without a wire has its endpoint in the process that sends. */
const host = new EndpointHost()

async function openCell(request: OpenCellRequest): Promise<void> {
  cells.set(request.transport, await LatencyCell.open(request))
}

async function openCommandCell(request: OpenCommandCellRequest): Promise<void> {
  commandCells.set(request.transport, await CommandCell.open(request))
}

function runBlock(request: BlockRequest) {
  return openOf(cells, request.transport).runBlock(request)
}

function runCommandBlock(request: CommandBlockRequest) {
  return openOf(commandCells, request.transport).runBlock(request)
}

function openOf<Cell>(open: ReadonlyMap<string, Cell>, transport: string): Cell {
  const cell = open.get(transport)
  if (cell === undefined) {
    throw new InstrumentError('internal', `no connection is open for ${transport}`)
  }
  return cell
}

async function closeCell({ transport }: { transport: string }): Promise<void> {
  const open = [cells.get(transport), commandCells.get(transport)]
  cells.delete(transport)
  commandCells.delete(transport)
  for (const cell of open) await cell?.[Symbol.asyncDispose]()
}

const commands = {
  bytePass: runBytePass,
  openCell,
  openCommandCell,
  runBlock,
  runCommandBlock,
  closeCell,
  serve: host.serve.bind(host),
  startBlock: host.startBlock.bind(host),
  slowDown: host.slowDown.bind(host),
  collect: host.collect.bind(host),
  stop: host.stop.bind(host),
}

export type LoadCommands = typeof commands

answerRequests(commands)
