import { InstrumentError } from '../model/errors.ts'
import { runBytePass } from './byte-pass.ts'
import { EndpointHost } from './endpoint-host.ts'
import { runFanoutBytePass } from './fanout-byte-pass.ts'
import {
  type FanoutBlockRequest,
  FanoutLatencyCell,
  type OpenFanoutRequest,
} from './fanout-latency-cell.ts'
import { type BlockRequest, LatencyCell, type OpenCellRequest } from './latency-cell.ts'
import { answerRequests } from './worker-channel.ts'

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

/** A transport without a wire has its endpoint in the process that sends. */
const host = new EndpointHost()

const commands = {
  bytePass: runBytePass,
  openCell: (request: OpenCellRequest) => cells.open(request.transport, LatencyCell.open(request)),
  runBlock: (request: BlockRequest) => cells.of(request.transport).runBlock(request),
  closeCell: ({ transport }: { transport: string }) => cells.close(transport),
  fanoutBytePass: runFanoutBytePass,
  openFanout: (request: OpenFanoutRequest) =>
    fanouts.open(request.transport, FanoutLatencyCell.open(request)),
  runFanoutBlock: (request: FanoutBlockRequest) => fanouts.of(request.transport).runBlock(request),
  closeFanout: ({ transport }: { transport: string }) => fanouts.close(transport),
  serve: host.serve.bind(host),
  startBlock: host.startBlock.bind(host),
  slowDown: host.slowDown.bind(host),
  collect: host.collect.bind(host),
  stop: host.stop.bind(host),
}

export type LoadCommands = typeof commands

answerRequests(commands)
