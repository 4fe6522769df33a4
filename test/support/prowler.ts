import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { childrenOf } from './command.ts'

const GET = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
const CONNECT = Buffer.from(
  '101300044d5154540402003c000776697369746f72c000e000', // CONNECT, PINGREQ, DISCONNECT
  'hex',
)
/** The same, who does not go but subscribes to `#`. */
const SUBSCRIBER = Buffer.concat([CONNECT.subarray(0, -4), Buffer.from('8206000100012300', 'hex')])
const SUBSCRIBERS = 50
const NOISE = Buffer.alloc(300, 0xff)
/** Whoever answers is left after a while; who refuses closes by himself. */
const STAY_MS = 100

/**
 * Somebody else on this machine who finds every port that a command and its
 * children listen on, for as long as they run, and speaks HTTP, MQTT and noise to it,
 * and subscribes to everything, fifty times, at each door.
 * @returns how often he has knocked
 */
export async function prowl(pid: number, ended: Promise<unknown>): Promise<number> {
  let isOver = false
  void ended.finally(() => {
    isOver = true
  })
  let knocks = 0
  const known = new Set<number>()
  while (!isOver) {
    const doors = listeningPorts([pid, ...descendants(pid)])
    for (const { protocol, port } of doors) {
      if (protocol === 'tcp' && !known.has(port)) {
        known.add(port)
        knocks += SUBSCRIBERS
        await Promise.all(Array.from({ length: SUBSCRIBERS }, () => knock(port, SUBSCRIBER)))
      }
      for (const words of [GET, CONNECT, NOISE]) {
        knocks += 1
        await (protocol === 'tcp' ? knock(port, words) : throwAt(port, words))
      }
    }
    await nextTurn()
  }
  return knocks
}

/** Those of its workers too: brokers. */
function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child.pid, ...descendants(child.pid)])
}

interface Door {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** `0A` is LISTEN, `07` a UDP socket that is connected to nobody. */
const TABLES = [
  { file: '/proc/net/tcp', protocol: 'tcp', state: '0A' },
  { file: '/proc/net/tcp6', protocol: 'tcp', state: '0A' },
  { file: '/proc/net/udp', protocol: 'udp', state: '07' },
] as const

function listeningPorts(pids: readonly number[]): Door[] {
  const inodes = new Set(pids.flatMap(socketsOf))
  return TABLES.flatMap(({ file, protocol, state }) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === state && inodes.has(columns[9] as string))
      .map((columns) => ({
        protocol,
        port: Number.parseInt(columns[1]?.split(':')[1] as string, 16),
      })),
  )
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? []
      } catch {
        return []
      }
    })
  } catch {
    // It has ended.
    return []
  }
}

async function knock(port: number, words: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.setTimeout(STAY_MS, () => socket.destroy())
  socket.write(words)
  socket.resume()
  // Not `once`, which rejects at the reset that is wanted here.
  await new Promise((resolve) => socket.on('close', resolve))
}

async function throwAt(port: number, words: Buffer): Promise<void> {
  const socket = createSocket('udp4')
  socket.send(words, port, '127.0.0.1', () => socket.close())
  await once(socket, 'close')
}
