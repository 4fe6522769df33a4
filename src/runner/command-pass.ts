import type { ArrivalColumns } from '../delivery/arrival-recorder.ts'
import { Roundtrip, type RoundtripConnection } from '../load/flows/roundtrip.ts'
import { type CommandRecord, runCommandLoop } from '../load/loops/command-loop.ts'
import { InstrumentError } from '../model/errors.ts'
import type { WaitingCost } from '../model/report/report.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import type { PayloadSource } from '../scenario/payload.ts'
import { nowNs } from '../system/clock.ts'
import { SILENT_PUSH, waitingFor } from '../transports/run-options.ts'
import type { Transport, Waiting } from '../transports/transport.ts'
import type { ByteAccount } from '../wire/account/byte-account.ts'

const SECONDS_PER_HOUR = 3_600
/** How long a command may still be under way to the device when all others are done. */
const STRAGGLER_MS = 1_000

/** What a byte pass knows of what it sent. */
export interface Passed {
  /** Bytes of all payloads: of commands sent and states reported, in a `roundtrip`. */
  payloadBytes: number
  /** Null where no device waits for anything. */
  waiting: WaitingCost | null
}

/** What is known of a pass at any moment, also of one that fails. */
export interface CommandProgress {
  readonly record: CommandRecord
  /** Commands at the device; null until the last was sent. */
  arrivals: ArrivalColumns | null
}

export interface CommandPassRequest {
  transport: Transport
  connection: RoundtripConnection
  payloads: PayloadSource
  account: ByteAccount
  progress: CommandProgress
}

/**
 * The byte pass of a `roundtrip`: every command in turn, the next when the state
 * of the last is back and all acknowledgements are in, then one waiting
 * exchange, then goodbye. Nothing in it depends on time: a polled device asks as
 * soon as there is something to fetch.
 * @throws InstrumentError `connection`, or `deadline` where states stop coming back
 */
export async function passCommands(request: CommandPassRequest): Promise<Passed> {
  const { transport, connection, account, progress } = request
  const { scenario, options, injection } = connection
  const waiting = waitingFor(transport, options, scenario)
  const commands = Array.from({ length: scenario.messages }, (_, index) =>
    request.payloads.payload(index),
  )
  await using roundtrip = await Roundtrip.open(transport, connection)
  const { device } = roundtrip
  const link = roundtrip.link(waiting ?? SILENT_PUSH, injection, 'now')
  const { record } = progress
  let stragglerMs = 0
  try {
    await runCommandLoop(link, commands, { now: nowNs, ...WITHOUT_PAUSES }, record)
    stragglerMs = STRAGGLER_MS + injection.delayMs
  } finally {
    progress.arrivals = await device.collect(record.sentNs.length, stragglerMs)
  }
  const sent = commands.slice(0, record.sentNs.length)
  if (sent.length < commands.length) throw fellSilent(scenario, sent.length)
  const cost = await measureWait(roundtrip, account, waiting)
  return {
    payloadBytes: sent.reduce((sum, { length }) => sum + length, 0) + device.reportedBytes,
    waiting: cost,
  }
}

const WITHOUT_PAUSES = { waitUntil: async () => {}, pauseNs: () => 0n }

function fellSilent({ messages }: Scenario, sent: number): InstrumentError {
  return new InstrumentError(
    'deadline',
    `states stopped coming back: ${sent} of ${messages} commands were sent, none of the last was answered`,
  )
}

async function measureWait(
  roundtrip: Roundtrip,
  account: ByteAccount,
  waiting: Waiting | null,
): Promise<WaitingCost | null> {
  const before = account.idleBytes
  await roundtrip.waitOnce()
  if (waiting === null) return null
  const exchangeBytes = account.idleBytes - before
  const { everyS } = waiting
  const bytesPerHour = everyS === null ? 0 : (exchangeBytes * SECONDS_PER_HOUR) / everyS
  return { exchangeBytes, everyS, bytesPerHour, basis: 'modelled' }
}
