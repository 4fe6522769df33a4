import { InstrumentError } from '../model/errors.ts'
import { runBytePass } from './byte-pass.ts'
import { EndpointHost } from './endpoint-host.ts'
import { type BlockRequest, LatencyCell, type OpenCellRequest } from './latency-cell.ts'
import { answerRequests } from './worker-channel.ts'

/** The open cells of the latency pass, by transport. */
const cells = new Map<string, LatencyCell>()

/** A transport without a wire has its endpoint in the process that sends. */
const host = new EndpointHost()

async function openCell(request: OpenCellRequest): Promise<void> {
  cells.set(request.transport, await LatencyCell.open(request))
}

function runBlock(request: BlockRequest) {
  const cell = cells.get(request.transport)
  if (cell === undefined) {
    throw new InstrumentError('internal', `no connection is open for ${request.transport}`)
  }
  return cell.runBlock(request)
}

async function closeCell({ transport }: { transport: string }): Promise<void> {
  const cell = cells.get(transport)
  cells.delete(transport)
  await cell?.[Symbol.asyncDispose]()
}

const commands = {
  bytePass: runBytePass,
  openCell,
  runBlock,
  closeCell,
  serve: host.serve.bind(host),
  startBlock: host.startBlock.bind(host),
  slowDown: host.slowDown.bind(host),
  collect: host.collect.bind(host),
  stop: host.stop.bind(host),
}

export type LoadCommands = typeof commands

answerRequests(commands)
