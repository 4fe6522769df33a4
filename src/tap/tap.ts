import { saidOf } from '../model/errors.ts'
import type { TapEnding, TapReport } from '../model/report/tap/tap-report.ts'
import { TAP_SCHEMA_VERSION } from '../model/report/tap/tap-words.ts'
import { quoted, type Said, said } from '../model/said/said.ts'
import type { ByteTotals } from '../model/wire/ledger.ts'
import { readPackageVersion } from '../package-root.ts'
import { epochOffsetNs, nowNs, wallClock } from '../system/clock.ts'
import type { FrameListener } from '../wire/detection/detected-connection.ts'
import {
  type ConnectionTap,
  openRelay,
  type Relay,
  type SocketPlace,
} from '../wire/relay/tcp-relay.ts'
import { openUdpRelay } from '../wire/relay/udp-relay.ts'
import { PromptFigures, type RunningTap } from './metering/prompt-figures.ts'
import type { MeterOptions } from './metering/tap-meter.ts'
import { stampedFile } from './periods/old-files.ts'
import { Periods, type Rotation } from './periods/periods.ts'
import { readHere, type TapReading } from './reading/tap-reading.ts'
import { readInThread } from './reading/thread-reading.ts'
import type { TapFigures, TapFilter } from './tap-book.ts'
import { TapCaptureFile } from './tap-capture-file.ts'
import { TapPackets } from './tap-packets.ts'
import { formatPlace } from './tapped-connection.ts'

export interface TapPlan {
  /** What is relayed: streams, or datagrams. */
  carrier: 'tcp' | 'udp'
  listen: SocketPlace
  target: SocketPlace
  /** Ends by itself after so long; null never. */
  forMs: number | null
  /** Takes so many connections, and ends with the last of them; null any number. */
  connections: number | null
  capture: { path: string; limitBytes: number } | null
  only: TapFilter
  /** What is to be told while it runs; null nothing. */
  meter: MeterOptions | null
  /** When a report of its own is made of what crossed since the last; null never. */
  rotation: Rotation | null
}

export interface TapHooks {
  /** Ends it. */
  signal: AbortSignal
  onListening(place: string, tap: RunningTap): void
  /** Now and then, with what crossed so far. */
  onReport(report: TapReport): void
  reportEveryMs: number
  /** With each report that a rotation cuts, the last one at the end. */
  onPeriod?(report: TapReport): void
  /** Something that should be read at once. */
  onRemark(remark: Said): void
  /** Is told every frame of every connection; nobody if left out. Only of what is read here. */
  onFrame?: FrameListener
  /** Where what crosses is read: in a thread of its own, what is passed on does not wait for it. `here` if left out. */
  reader?: 'here' | 'thread'
}

/**
 * Stands between clients and a server until it is told to end, and accounts for
 * what crosses.
 * @throws InstrumentError `connection` when it cannot listen, `out-unwritable`
 *   when the capture cannot be written to at all
 */
export async function runTap(plan: TapPlan, hooks: TapHooks): Promise<TapReport> {
  return await new Tap(plan, hooks).run()
}

/** A device that sleeps keeps its DTLS session: nobody is forgotten sooner. */
const FORGET_MS = 3_600_000

/** So often it is looked whether a report is due. */
const LOOK_MS = 250

/** What was not read after so long is counted alone: of a tap that goes on or has come to its end, and of one that somebody ends. */
const PATIENCE_MS = 30_000
const LAST_PATIENCE_MS = 5_000

class Tap {
  readonly #plan: TapPlan
  readonly #hooks: TapHooks
  readonly #startedAt = wallClock()
  readonly #startedNs = nowNs()
  readonly #periods = new Periods()
  readonly #stopAccepting = new AbortController()
  /** Before the relay, which alone asks for it. */
  #reading = null as unknown as TapReading
  #packets: TapPackets | null = null
  #file: TapCaptureFile | null = null
  #ending: TapEnding = 'running'
  #finish: () => void = () => undefined

  constructor(plan: TapPlan, hooks: TapHooks) {
    this.#plan = plan
    this.#hooks = hooks
  }

  async #openReading(): Promise<TapReading> {
    const { onRemark, onFrame, reader = 'here' } = this.#hooks
    const options = {
      nowNs: () => nowNs() - this.#startedNs,
      onRemark,
      onEnded: () => this.#countDown(),
      only: this.#plan.only,
      meter: this.#plan.meter,
    }
    // Records of a thread are cut and joined, as streams may be: datagrams are read here.
    if (this.#plan.carrier === 'udp') {
      return readHere({ ...options, onFrame, carrier: 'datagrams' })
    }
    return reader === 'here' ? readHere({ ...options, onFrame }) : await readInThread(options)
  }

  async run(): Promise<TapReport> {
    const { signal, onListening } = this.#hooks
    const { listen, target, capture } = this.#plan
    using _ = { [Symbol.dispose]: () => this.#file?.close() }
    if (capture !== null) {
      this.#file = new TapCaptureFile(this.#capturePath(capture.path))
      this.#packets = this.#openPackets(capture, this.#file)
    }
    await using reading = await this.#openReading()
    this.#reading = reading
    const open = this.#plan.carrier === 'udp' ? openUdpRelay : openRelay
    await using relay = await open({
      listen: { host: listen.address, port: listen.port },
      target: { host: target.address, port: target.port },
      openTap: (client) => this.#openTap(client),
      forgetAfterMs: FORGET_MS,
      accepting: this.#stopAccepting.signal,
      onLost: (reason) => reading.lose(reason),
      signal: new AbortController().signal,
    })
    const place = formatPlace({ address: relay.address.host, port: relay.address.port })
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    const timers = this.#startTimers(relay, place)
    const onSignal = (): void => this.#end('signal')
    signal.addEventListener('abort', onSignal, { once: true })
    if (signal.aborted) onSignal()
    const asked = new PromptFigures(reading, () => relay.totals(), place)
    if (this.#plan.meter !== null) await asked.begin()
    onListening(place, asked)
    try {
      await finished
      // Connections that are still there are reported as open, and cut off after that.
      this.#packets?.close()
      this.#file?.close()
      asked.close()
      return await this.#last(relay.totals(), place)
    } finally {
      timers.stop()
      signal.removeEventListener('abort', onSignal)
    }
  }

  #openTap(client: SocketPlace): ConnectionTap {
    const connection = this.#reading.openConnection(client)
    if (this.#reading.accepted === this.#plan.connections) this.#stopAccepting.abort()
    return this.#packets?.record(connection, client) ?? connection
  }

  #openPackets(capture: { limitBytes: number }, file: TapCaptureFile): TapPackets {
    return new TapPackets({
      version: readPackageVersion(),
      target: this.#plan.target,
      limitBytes: capture.limitBytes,
      nowNs,
      epochNs: epochOffsetNs(),
      write: file.write,
    })
  }

  #startTimers(relay: Relay, place: string): { stop(): void } {
    const { reportEveryMs, onReport } = this.#hooks
    const { forMs } = this.#plan
    let isAsked = false
    const every = setInterval(async () => {
      this.#watchFile()
      if (isAsked) return
      isAsked = true
      const report = await this.#report(relay.totals(), place, PATIENCE_MS)
      isAsked = false
      if (this.#ending === 'running') onReport(report)
    }, reportEveryMs)
    const stopCutting = this.#cutPeriods(relay, place)
    const limit = forMs === null ? null : setTimeout(() => this.#end('duration'), forMs)
    return {
      stop: () => {
        clearInterval(every)
        stopCutting()
        if (limit !== null) clearTimeout(limit)
      },
    }
  }

  /** @returns what ends it */
  #cutPeriods(relay: Relay, place: string): () => void {
    const { rotation } = this.#plan
    if (rotation === null) return () => undefined
    const { everyMs, everyBytes } = rotation
    let isAsked = false
    let cutAtMs = 0
    let cutAtBytes = 0
    const look = async (): Promise<void> => {
      const [atMs, totals] = [this.#elapsedMs, relay.totals()]
      const bytes = totals.up + totals.down
      const isDue =
        (everyMs !== null && atMs - cutAtMs >= everyMs) ||
        (everyBytes !== null && bytes - cutAtBytes >= everyBytes)
      if (!isDue || isAsked) return
      isAsked = true
      // A period is as long as was asked for, however late it is looked.
      cutAtMs = everyMs === null ? atMs : atMs - ((atMs - cutAtMs) % everyMs)
      cutAtBytes = bytes
      const asked = this.#reportAndSettled(totals, place, PATIENCE_MS)
      this.#rotateCapture()
      const { report, settled } = await asked
      isAsked = false
      if (this.#ending === 'running') this.#hooks.onPeriod?.(this.#periods.cut(report, settled))
    }
    const timer = setInterval(look, Math.min(everyMs ?? LOOK_MS, LOOK_MS))
    return () => clearInterval(timer)
  }

  async #last(totals: ByteTotals, place: string): Promise<TapReport> {
    const patienceMs = this.#ending === 'signal' ? LAST_PATIENCE_MS : PATIENCE_MS
    if (this.#plan.rotation === null) return await this.#report(totals, place, patienceMs)
    const { report, settled } = await this.#reportAndSettled(totals, place, patienceMs)
    this.#hooks.onPeriod?.(this.#periods.cut(report, settled))
    return report
  }

  #capturePath(path: string): string {
    return this.#plan.rotation === null ? path : stampedFile(path, wallClock())
  }

  /** Of the same instant as the report; one that was given up stays so. */
  #rotateCapture(): void {
    const { capture } = this.#plan
    if (capture === null || this.#file === null || this.#file.failure !== null) return
    this.#file.close()
    try {
      this.#file = new TapCaptureFile(this.#capturePath(capture.path))
      this.#packets?.restart(this.#file.write)
    } catch (error) {
      this.#packets?.close()
      this.#hooks.onRemark(saidOf(error))
    }
  }

  get #elapsedMs(): number {
    return Math.round(Number(nowNs() - this.#startedNs) / 1e3) / 1e3
  }

  #watchFile(): void {
    this.#file?.flush()
    if (this.#file?.failure && this.#packets?.state === 'open') {
      this.#packets.close()
      const { path, failure } = this.#file
      this.#hooks.onRemark(said('pcapCut', { path, why: quoted(failure) }))
    }
  }

  #countDown(): void {
    const { connections } = this.#plan
    if (
      connections !== null &&
      this.#reading.accepted >= connections &&
      this.#reading.openCount === 0
    ) {
      this.#end('connections')
    }
  }

  #end(ending: TapEnding): void {
    if (this.#ending === 'running') this.#ending = ending
    this.#finish()
  }

  async #report(wireBytes: ByteTotals, listen: string, patienceMs: number): Promise<TapReport> {
    const durationMs = this.#elapsedMs
    const figures = await this.#reading.figures(wireBytes, patienceMs)
    return this.#describe({ ...{ wireBytes, listen, durationMs }, ...figures })
  }

  async #reportAndSettled(wireBytes: ByteTotals, listen: string, patienceMs: number) {
    const durationMs = this.#elapsedMs
    const { settled, ...figures } = await this.#reading.cut(wireBytes, patienceMs)
    return {
      report: this.#describe({ ...{ wireBytes, listen, durationMs }, ...figures }),
      settled,
    }
  }

  #describe({
    durationMs,
    listen,
    wireBytes,
    ...figures
  }: TapFigures & Pick<TapReport, 'wireBytes' | 'listen' | 'durationMs'>): TapReport {
    return {
      kind: 'tap',
      schemaVersion: TAP_SCHEMA_VERSION,
      tool: { name: 'mqtt-vs-http', version: readPackageVersion() },
      startedAt: this.#startedAt.toISOString(),
      durationMs,
      ending: this.#ending,
      listen,
      target: formatPlace(this.#plan.target),
      wireBytes,
      ...figures,
      capture: this.#describeCapture(),
    }
  }

  #describeCapture(): TapReport['capture'] {
    if (this.#packets === null || this.#file === null) return null
    const { failure, path: file } = this.#file
    if (failure !== null) {
      return { file, bytes: this.#file.storedBytes, extent: 'failed', reason: failure }
    }
    const { writtenBytes: bytes, extent } = this.#packets
    const atLimit = `the limit of ${this.#plan.capture?.limitBytes} bytes was reached`
    return { file, bytes, extent, reason: extent === 'whole' ? null : atLimit }
  }
}
