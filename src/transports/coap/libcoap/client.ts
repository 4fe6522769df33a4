import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InstrumentError, SaidError } from '../../../model/errors.ts'
import { said } from '../../../model/said/said.ts'
import { makeOwnedFolder, removeFolder } from '../../../system/owned-folder.ts'
import { lost, placeOf, stopped, unreachable } from '../../connection-errors.ts'
import type { ConnectContext } from '../../transport.ts'
import { openUdpSocket } from '../udp-sockets.ts'
import { findLibcoap, PRE_SHARED_KEY, PRIORITIES, PRIORITY_FILE } from './programs.ts'

/** A PUT of one payload, by a coap-client of its own. */
export interface PutRequest {
  readonly url: URL
  /** RFC 7252 §12.3; null: none is sent. */
  readonly contentFormat: number | null
  readonly payload: Uint8Array
}

/** As long as the server may take; node-coap's client gives up then too. */
const ANSWER_DEADLINE_S = 15
const MOST_LOG_CHARACTERS = 64 * 1024
/** What it says of a response at `-v 6`. */
const RESPONSE = /^v:1 t:(?:ACK|CON|NON) c:(\d)\.(\d\d) /gm

/**
 * coap-client connects with DTLS, sends its request, waits for the response, says
 * close_notify and ends: a connection a message.
 * @throws InstrumentError `connection`, `refused`, or the reason of the signal
 */
export async function putWithLibcoap(
  { url, contentFormat, payload }: PutRequest,
  { scenario, signal, onTlsSecret }: ConnectContext,
): Promise<void> {
  const programs = await findLibcoap()
  if ('missing' in programs) throw new InstrumentError('connection', programs.missing)
  const place = await reservePort(url, signal)
  const folder = await makeOwnedFolder('libcoap')
  try {
    const at = (name: string): string => join(folder, name)
    await writeFile(at(PRIORITY_FILE), PRIORITIES)
    await writeFile(at('payload'), payload)
    const args = [
      ...['-a', place.address, '-p', String(place.port)],
      ...['-m', 'put', '-f', at('payload')],
      ...(contentFormat === null ? [] : ['-t', String(contentFormat)]),
      // Without Uri-Host and Uri-Port, which are by default where it connects to (RFC 7252 §5.10.1).
      '-U',
      ...['-u', scenario.mqtt.clientId, '-k', PRE_SHARED_KEY],
      ...['-v', '6', '-B', String(ANSWER_DEADLINE_S)],
      url.href,
    ]
    const said = await runClient(programs.client, args, signal, {
      ...process.env,
      GNUTLS_SYSTEM_PRIORITY_FILE: at(PRIORITY_FILE),
      ...(onTlsSecret !== undefined && { SSLKEYLOGFILE: at('keys') }),
    })
    if (onTlsSecret !== undefined) {
      const lines = await readFile(at('keys'), 'utf8').catch(() => '')
      for (const line of lines.split('\n')) if (line !== '') onTlsSecret(line)
    }
    requireSuccess(url, said)
  } finally {
    await removeFolder(folder)
  }
}

/** From where a server was spoken to already: it, and a relay, would take a second client there for the first. */
const known = new Set<string>()
/** A system has some ten thousand; who has used most of them is given one again. */
const MOST_TRIES = 20

/**
 * A free port of this side, by which a relay knows that the datagrams are ours:
 * the program has no other way to tell.
 */
async function reservePort(
  url: URL,
  signal: AbortSignal,
): Promise<{ address: string; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const place = await freePort(url, signal)
    const way = `${place.port} ${url.host}`
    if (known.has(way) && tries < MOST_TRIES) continue
    known.add(way)
    return place
  }
}

async function freePort(url: URL, signal: AbortSignal): Promise<{ address: string; port: number }> {
  const socket = await openUdpSocket(url, signal)
  const { address, port } = socket.address()
  const closed = once(socket, 'close')
  socket.close()
  await closed
  return { address, port }
}

/** @returns what it has said, once it has ended */
async function runClient(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (signal.aborted) throw stopped(signal)
  const started = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  const abort = (): void => void started.kill('SIGKILL')
  signal.addEventListener('abort', abort, { once: true })
  let said = ''
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString('latin1')).slice(-MOST_LOG_CHARACTERS)
  }
  started.stdout.on('data', hear)
  started.stderr.on('data', hear)
  try {
    await once(started, 'close')
  } finally {
    signal.removeEventListener('abort', abort)
  }
  if (signal.aborted) throw stopped(signal)
  return said
}

/** Its exit status is 0 whatever came of it. */
function requireSuccess(url: URL, told: string): void {
  const response = [...told.matchAll(RESPONSE)].at(-1)
  if (response?.[1] === '2') return
  if (response !== undefined) {
    const code = `${response[1]}.${response[2]}`
    const what = { place: placeOf(url), path: url.pathname, code }
    throw new InstrumentError('refused', said('coapRefused', what))
  }
  if (/Connection refused/.test(told)) {
    throw unreachable(url, Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
  }
  const [, why] = /(?:WARN|ERR) +(.*)$/m.exec(told) ?? []
  throw lost(url, why === undefined ? new SaidError(said('unanswered')) : new Error(why))
}
