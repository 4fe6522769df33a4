import { setImmediate, setTimeout } from 'node:timers/promises'

const TIMER_SLACK_MS = 2

/**
 * The one clock of the instrument: nanoseconds of the machine's monotonic
 * clock. Processes of one machine share it, so an instant stamped by the
 * endpoint can be subtracted from one stamped by the load.
 */
export function nowNs(): bigint {
  return process.hrtime.bigint()
}

/**
 * The same clock as a plain number, for drivers that read it twice a message: a
 * difference of two is right to the nanosecond. Its zero is this process's own.
 */
export const stopwatchNs = (): number => performance.now() * 1e6

/** The wall clock, for naming runs; never for measuring. */
export function wallClock(): Date {
  return new Date()
}

/**
 * What to add to an instant of `nowNs` to have nanoseconds since 1970: for
 * telling people when something was, never for measuring.
 */
export function epochOffsetNs(): bigint {
  return BigInt(wallClock().getTime()) * 1_000_000n - nowNs()
}

/**
 * Waits at least this long. A timer alone may fire up to a millisecond early,
 * since the event loop rounds its own time down.
 */
export async function waitAtLeast(durationMs: number): Promise<void> {
  const untilNs = nowNs() + BigInt(Math.round(durationMs * 1e6))
  await setTimeout(durationMs)
  while (nowNs() < untilNs) await setImmediate()
}

/** Waits until the instant, to within a turn of the event loop: a timer alone may be a millisecond late. */
export async function waitUntil(instantNs: bigint): Promise<void> {
  const leftMs = Number(instantNs - nowNs()) / 1e6
  if (leftMs > TIMER_SLACK_MS) await setTimeout(leftMs - TIMER_SLACK_MS)
  while (nowNs() < instantNs) await setImmediate()
}

/** Keeps the CPU busy for so long: a delay far below what a timer can do. */
export function spinFor(durationUs: number): void {
  const untilNs = nowNs() + BigInt(Math.round(durationUs * 1_000))
  while (nowNs() < untilNs);
}
