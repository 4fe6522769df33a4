import { InstrumentError } from '../model/errors.ts'
import { type AnnouncementPlace, announceTo } from '../transports/announcements.ts'
import type { ConnectTally } from './driver/load-driver.ts'
import { type DriveRequest, LoadCell, type OpenLoadRequest } from './driver/session.ts'
import { runColdStart } from './passes/cold-start.ts'
import { runSeveralInFlight } from './passes/concurrent.ts'
import { type BlockRequest, LatencyCell, type OpenCellRequest } from './passes/latency-pass.ts'
import { probeLink } from './passes/probe-link.ts'

/** The open cells of the latency pass, by transport. */
const cells = new Map<string, LatencyCell>()

function openedCell(transport: string): LatencyCell {
  const cell = cells.get(transport)
  if (cell === undefined) {
    throw new InstrumentError('internal', `no connection is open for ${transport}`)
  }
  return cell
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
  /** Before the first connection: endpoints take nobody of whom they are not told. */
  announceTo: (place: AnnouncementPlace) => announceTo(place),
  async openCell(request: OpenCellRequest): Promise<void> {
    cells.set(request.transport, await LatencyCell.open(request))
  },
  runBlock: (request: BlockRequest) => openedCell(request.transport).runBlock(request),
  async closeCell({ transport }: { transport: string }): Promise<void> {
    const cell = cells.get(transport)
    cells.delete(transport)
    await cell?.[Symbol.asyncDispose]()
  },
  coldStart: runColdStart,
  severalInFlight: runSeveralInFlight,
  probeLink,
  openLoad,
  driveLoad: (request: DriveRequest) => openedLoad().drive(request),
  closeLoad,
}

export type LoadCommands = typeof loadCommands
