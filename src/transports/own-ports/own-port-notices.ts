import type { Duplex, Readable } from 'node:stream'
import { type OwnPort, type OwnPorts, ownPorts } from './own-ports.ts'

/** `tcp 127.0.0.1 40312 39001`: from where, and to which port. */
const encode = ({ protocol, address, port, to }: OwnPort): string =>
  `${protocol} ${address} ${port} ${to}\n`

const LINE = /^(tcp|udp) (\S+) (\d{1,5}) (\d{1,5})$/

/** More than that without an end is no line of ours. */
const MAX_LINE_CHARACTERS = 200

function decode(line: string): OwnPort | null {
  const [, protocol, address, port, to] = LINE.exec(line) ?? []
  if (protocol === undefined || address === undefined) return null
  return { protocol: protocol as OwnPort['protocol'], address, port: Number(port), to: Number(to) }
}

/**
 * Tells a process that listens which connections are this run's: each client
 * socket that this process opens, as soon as it has a port, one line each.
 * Begin it before the first of them. Until the channel closes.
 * @param isWanted those to tell; all of them if left out
 */
export function announceOwnPorts(
  channel: Duplex,
  isWanted: (own: OwnPort) => boolean = () => true,
  ports: OwnPorts = ownPorts,
): void {
  const telling = ports.onOwnPort((own) => {
    if (channel.writable && isWanted(own)) channel.write(encode(own))
  })
  channel.once('close', () => telling[Symbol.dispose]())
}

/**
 * Learns them at the other end. Until the channel closes, whoever is not known is
 * held until he is told of, two seconds at most. Nothing else may read from the
 * channel.
 */
export function learnOwnPorts(channel: Readable, ports: OwnPorts = ownPorts): void {
  const expecting = ports.expectAnnouncements()
  let begun = ''
  const learn = (chunk: Buffer): void => {
    const lines = (begun + chunk.toString('latin1')).split('\n')
    begun = lines.pop() ?? ''
    if (begun.length > MAX_LINE_CHARACTERS) begun = ''
    for (const line of lines) {
      const own = decode(line)
      if (own !== null) ports.add(own)
    }
  }
  channel.on('data', learn)
  channel.once('close', () => expecting[Symbol.dispose]())
}
