import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { WaitingCost } from '../../model/report/report.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { PayloadSource } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { SILENT_PUSH, waitingFor } from '../../transports/run-options.ts'
import type { Transport, Waiting } from '../../transports/transport.ts'
import type { ByteAccount } from '../../wire/account/byte-account.ts'
import type { Pace } from '../../wire/account/segment-model.ts'
import { runCommandLoop } from '../loops/command-loop.ts'
import { Roundtrip, type RoundtripConnection } from './roundtrip.ts'

const SECONDS_PER_HOUR = 3_600
/** What a byte pass knows of what it sent. */
export interface Passed {
  /** Bytes of all payloads: of commands sent and states reported, in a `roundtrip`. */
  payloadBytes: number
  /** Null where no device waits for anything. */
  waiting: WaitingCost | null
  /** How its messages followed each other; in their own time if left out. */
  pace?: Pace
}

export interface CommandPassRequest {
  transport: Transport
  connection: RoundtripConnection
  payloads: PayloadSource
  account: ByteAccount
  /** What was done so far, also by a pass that fails. */
  progress: { sent: number; completed: number }
  /** Is told of each command. */
  tally: DeliveryTally
  /** How long a command may still be under way to the device when all others are done. */
  stragglerMs: number
}

/**
 * The byte pass of a `roundtrip`: every command in turn, the next when the state
 * of the last is back and all acknowledgements are in, then one waiting
 * exchange, then goodbye. Nothing in it depends on time: a polled device asks as
 * soon as there is something to fetch.
 * @throws InstrumentError `connection`, or `deadline` where states stop coming back
 */
export async function passCommands(request: CommandPassRequest): Promise<Passed> {
  const { transport, connection, account, progress, payloads, tally } = request
  const { scenario, options, injection } = connection
  const waiting = waitingFor(transport, options, scenario)
  await using roundtrip = await Roundtrip.open(transport, connection)
  const { device } = roundtrip
  device.tallyInto(tally)
  const link = roundtrip.link(waiting ?? SILENT_PUSH, injection, 'now')
  let payloadBytes = 0
  const command = (payload: Uint8Array): Promise<void> => {
    progress.sent += 1
    payloadBytes += payload.length
    tally.expect(payload)
    return link.command(payload)
  }
  await runCommandLoop(
    { ...link, command },
    commandsOf(payloads, scenario.messages),
    WITHOUT_PAUSES,
    {
      begun: () => {},
      answered: () => {
        progress.completed += 1
      },
    },
  )
  await tally.reached(progress.sent, AbortSignal.timeout(request.stragglerMs))
  if (progress.sent < scenario.messages) throw fellSilent(scenario, progress.sent)
  const cost = await measureWait(roundtrip, account, waiting)
  return { payloadBytes: payloadBytes + device.reportedBytes, waiting: cost }
}

/** Made as they are sent: as many as there are, they are never all there at once. */
function* commandsOf(payloads: PayloadSource, messages: number): Generator<Uint8Array> {
  for (let index = 0; index < messages; index += 1) yield payloads.payload(index)
}

const WITHOUT_PAUSES = { now: nowNs, waitUntil: async () => {}, pauseNs: () => 0n }

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
