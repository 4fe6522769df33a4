import { type ErrorCode, InstrumentError, saidOf } from '../model/errors.ts'
import type { Said } from '../model/said/said.ts'

/** What one process asks of another, by name; `never`: each takes what it takes. */
export type Commands = Record<string, (input: never) => unknown>

interface WorkerRequest {
  id: number
  command: string
  input: unknown
}

export type WorkerReply =
  | { id: number; ok: true; output: unknown }
  | { id: number; ok: false; code: ErrorCode; message: Said }

/**
 * Answered by every worker as soon as its role is loaded, and from then on
 * whenever its event loop turns. A worker of a version that knows no such
 * command refuses it, which tells as much.
 */
export const PING = 'ping'

/**
 * What a terminal tells, it tells the whole process group; the parent alone
 * decides what happens then, so a worker does not listen to it. The first thing
 * that a worker does: loading its role takes a while.
 */
export function leaveSignalsToParent(): void {
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK'] as const) {
    process.on(name, () => {})
  }
}

/**
 * Turns this process into a worker: answers the requests of its parent, one
 * reply each, until the parent goes away. When the parent is gone, however it
 * went, the channel closes and the worker ends.
 */
export function answerRequests(roleCommands: Commands): void {
  const commands: Commands = { ...roleCommands, [PING]: () => undefined }
  // Nothing is left to finish without a parent, and open sockets would keep the process alive.
  process.on('disconnect', () => process.exit(0))
  process.on('message', (request: WorkerRequest) => void answer(commands, request))
}

async function answer(commands: Commands, request: WorkerRequest): Promise<void> {
  let reply: WorkerReply
  try {
    const command = commands[request.command]
    if (command === undefined) throw new Error(`no such command: ${request.command}`)
    reply = { id: request.id, ok: true, output: await command(request.input as never) }
  } catch (error) {
    const code = error instanceof InstrumentError ? error.code : 'internal'
    reply = { id: request.id, ok: false, code, message: saidOf(error) }
  }
  if (process.connected) process.send?.(reply)
}
