import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, temporaryFolder } from './command.ts'

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
export function countOpened(capture: Buffer, port: number): number {
  using folder = temporaryFolder()
  const file = join(folder.path, 'opened.pcap')
  writeFileSync(file, capture)
  const filter = `tcp dst port ${port} and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn`
  const printed = execFileSync('tcpdump', ['-n', '-r', file, filter], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return printed.split('\n').filter((line) => line !== '').length
}
