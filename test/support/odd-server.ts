import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ByteTotals } from '../../src/model/wire/ledger.ts'
import { root } from './command.ts'

/** A server of the folder `odd-servers`, in a process of its own. */
export interface OddServer<Seen> extends AsyncDisposable {
  readonly port: number
  /** What it says that it has seen. */
  seen(): Promise<Seen>
}

/** @param settings as the script says at its head */
export async function startOddServer<Seen>(
  script: string,
  settings: object,
): Promise<OddServer<Seen>> {
  const file = join(root, 'test', 'support', 'odd-servers', script)
  const child = fork(file, [JSON.stringify(settings)])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    port,
    async seen() {
      child.send('seen')
      const [seen] = await once(child, 'message')
      return seen as Seen
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** Connections that were opened to a port, by tcpdump's reading of the capture: SYN without ACK. */
export const countOpened = (capture: Buffer, port: number): number =>
  readCapture(capture, `tcp dst port ${port} and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn`)
    .length

/**
 * Bytes of TCP's payload to and from a port, by tcpdump's reading of the capture:
 * how far the sequence numbers of each connection go. A segment that was sent
 * again, as a busy machine does on loopback too, is one.
 */
export function countPayload(capture: Buffer, port: number): ByteTotals {
  const reached = new Map<string, number>()
  for (const line of readCapture(capture, `tcp port ${port}`)) {
    const [, from, to, end] = /\.(\d+) > \S+\.(\d+): .*, seq \d+:(\d+),/.exec(line) ?? []
    if (end === undefined) continue
    const way = `${from} ${to}`
    // The first byte is number 1.
    reached.set(way, Math.max(reached.get(way) ?? 0, Number(end) - 1))
  }
  const sum = { up: 0, down: 0 }
  for (const [way, bytes] of reached) sum[way.endsWith(` ${port}`) ? 'up' : 'down'] += bytes
  return sum
}

/** A line a packet, names and protocols left as numbers. */
function readCapture(capture: Buffer, filter: string): string[] {
  const printed = execFileSync('tcpdump', ['-nn', '-r', '-', filter], {
    ...{ input: capture, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return printed.split('\n').filter((line) => line !== '')
}
