import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'vitest'
import { InstrumentError } from '../../src/model/errors.ts'
import type { Flow } from '../../src/model/vocabulary.ts'
import { loadTransport, TRANSPORT_IDS } from '../../src/transports/registry.ts'

/** Without the program that it runs on there is nothing to test; where tools are required, its lack is a failure. */
export async function canRun(id: string, options: object = {}): Promise<boolean> {
  const transport = await loadTransport(id)
  const missing = (await transport.availability?.(transport.parseOptions(options))) ?? null
  if (missing !== null && process.env.MQTT_VS_HTTP_REQUIRE_TOOLS !== undefined) {
    throw new Error(`${id} ${missing}, and MQTT_VS_HTTP_REQUIRE_TOOLS asks for it`)
  }
  return missing === null
}

/** The transports that have a flow and run on this machine. */
export async function runnableTransports(flow: Flow): Promise<string[]> {
  const runnable: string[] = []
  for (const id of TRANSPORT_IDS) {
    const { traits } = await loadTransport(id)
    if (traits.flows.includes(flow) && (await canRun(id))) runnable.push(id)
  }
  return runnable
}

/** Bytes of every value in an order that no text has; different for each seed. */
export function binary(lengthBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes)
  let state = (seed * 2_654_435_761) >>> 0
  for (let at = 0; at < lengthBytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** A port of this machine on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** What the work rejects with; null where it does not. */
export const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

export function expectConnectionError(error: unknown): void {
  expect(error).toBeInstanceOf(InstrumentError)
  expect(error).toMatchObject({ code: 'connection' })
  expect((error as Error).message).not.toContain('\n')
}

/** A handle is let go of some turns of the event loop after its `close`. */
export async function untilNothingIsOpen(): Promise<void> {
  const isOpen = (name: string): boolean => /^TCP|^UDP|^Pipe.*Connect|^GetAddrInfo/.test(name)
  while (process.getActiveResourcesInfo().some(isOpen)) await nextTurn()
}

/** What comes in, and a way to wait for so much of it. */
export function inbox(): {
  readonly take: (payload: Uint8Array) => void
  readonly payloads: Buffer[]
  reach(count: number): Promise<void>
} {
  const payloads: Buffer[] = []
  let waiting: { count: number; resolve: () => void } | null = null
  return {
    payloads,
    take(payload) {
      payloads.push(Buffer.from(payload))
      if (waiting !== null && payloads.length >= waiting.count) waiting.resolve()
    },
    reach: (count) =>
      new Promise((resolve) => {
        if (payloads.length >= count) resolve()
        else waiting = { count, resolve }
      }),
  }
}
