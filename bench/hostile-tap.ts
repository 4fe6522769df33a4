import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { TapReport } from '../src/model/report/tap/tap-report.ts'
import { packageRoot } from '../src/package-root.ts'
import { ATTACKS, type Attack } from './adversarial/streams.ts'
import { cpuSeconds, freePort, peakMemoryBytes } from './tap-bench/proxies.ts'

// Run by `npm run hostile-tap`: a tap under every hostile stream at once, and beside
// them a device that publishes and waits for its PUBACK, through the tap and straight
// to the server in turns. Prints what the tap added, and fails above 50 ms at p99,
// where a byte of the device is another, or a byte of it is not in the report.

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '10' },
    /** Of a child. */
    role: { type: 'string' },
  },
})

const MAX_ADDED_MS = 50
const PIECE_BYTES = 64 * 1024
const EVERY_MS = 10
type Side = 'up' | 'down'

/** MQTT 3.1: nobody else here speaks it, so that its row in the report is the device's. */
const CONNECT = Buffer.from('100f00064d51497364700302003c000164', 'hex')
const CONNACK = Buffer.from('20020000', 'hex')
/** QoS 1, topic `t`, 20 bytes of payload. */
function publish(id: number): Buffer {
  const packet = Buffer.concat([Buffer.from('3219000174', 'hex'), Buffer.alloc(22, 'reading ')])
  packet.writeUInt16BE(id, 5)
  return packet
}
const PUBLISH_BYTES = publish(1).length

/** One side of an attack: what comes before its turn is waited for, then the unit again and again. */
async function play(socket: Socket, side: Side, attack: Attack): Promise<void> {
  let received = 0
  let onData = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
    onData()
  })
  const until = (bytes: number): Promise<void> =>
    new Promise((resolve) => {
      onData = () => {
        if (received >= bytes || socket.destroyed) resolve()
      }
      socket.on('close', resolve)
      onData()
    })
  let theirs = 0
  for (const [direction, bytes] of attack.opening) {
    if (direction === side) socket.write(bytes)
    else {
      theirs += bytes.length
      await until(theirs)
    }
  }
  if (attack.unit(0)[0] !== side) return
  const total = Number(options.megabytes) * 1e6
  for (let sent = 0, round = 0; sent < total && !socket.destroyed; ) {
    const units: Uint8Array[] = []
    for (let length = 0; length < (attack.isDrip ? 1 : PIECE_BYTES); round += 1) {
      const [, unit] = attack.unit(round)
      units.push(unit)
      length += unit.length
    }
    const piece = Buffer.concat(units)
    sent += piece.length
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    else if (attack.isDrip && round % 1000 === 0) await wait(0)
  }
  socket.end()
}

/** The first are of the device, straight and through the tap; then one an attack, in their order. */
const DEVICES = 2

async function runServer(): Promise<void> {
  let accepted = 0
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    const attack = ATTACKS[accepted - DEVICES]
    accepted += 1
    if (attack === undefined) answerDevice(socket)
    else void play(socket, 'down', attack)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ port: (server.address() as AddressInfo).port })
}

function answerDevice(socket: Socket): void {
  let held: Buffer = Buffer.alloc(0)
  let isConnected = false
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    if (!isConnected && held.subarray(0, CONNECT.length).equals(CONNECT)) {
      isConnected = true
      held = held.subarray(CONNECT.length)
      socket.write(CONNACK)
    }
    for (; isConnected && held.length >= PUBLISH_BYTES; held = held.subarray(PUBLISH_BYTES)) {
      const id = held.readUInt16BE(5)
      const isSame = held.subarray(0, PUBLISH_BYTES).equals(publish(id))
      // An identifier that was never used: something else arrived.
      const [high, low] = isSame ? [id >> 8, id & 255] : [0, 0]
      socket.write(Buffer.from([0x40, 2, high, low]))
    }
  })
  socket.on('end', () => socket.end())
}

async function runAttackers(port: number): Promise<void> {
  const sockets: Socket[] = []
  for (const _attack of ATTACKS) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.on('error', () => socket.destroy())
    await once(socket, 'connect')
    sockets.push(socket)
  }
  await Promise.all(
    sockets.map(async (socket, index) => {
      const closed = once(socket, 'close')
      await play(socket, 'up', ATTACKS[index] as Attack)
      await closed
    }),
  )
  process.send?.({ ended: true })
}

interface Device {
  /** Publishes once. @returns milliseconds until its PUBACK */
  publish(): Promise<number>
  readonly messages: number
  end(): Promise<void>
}

async function openDevice(port: number): Promise<Device> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  socket.write(CONNECT)
  const [connack] = await once(socket, 'data')
  if (!connack.equals(CONNACK)) throw new Error('the CONNACK is another')
  let messages = 0
  return {
    get messages() {
      return messages
    },
    async publish() {
      messages += 1
      const id = (messages % 0xffff) + 1
      const began = performance.now()
      socket.write(publish(id))
      const [puback] = await once(socket, 'data')
      const tookMs = performance.now() - began
      if (!puback.equals(Buffer.from([0x40, 2, id >> 8, id & 255]))) {
        throw new Error(`message ${messages} was passed on as another`)
      }
      return tookMs
    },
    async end() {
      socket.end(Buffer.from('e000', 'hex'))
      await once(socket, 'close')
    },
  }
}

const startChild = (role: string): ChildProcess =>
  fork(fileURLToPath(import.meta.url), ['--role', role, '--megabytes', options.megabytes])

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-tap-'))
  const server = startChild('server')
  const [{ port: target }] = await once(server, 'message')
  const port = await freePort()
  const tap = spawn(
    process.execPath,
    [
      ...[join(packageRoot, 'bin', 'mqtt-vs-http.js'), 'tap', '--out', folder],
      ...['--listen', String(port), '--to', `127.0.0.1:${target}`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  tap.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  while (!said.includes('tap listens')) await once(tap.stderr, 'data')
  const straight = await openDevice(target)
  const through = await openDevice(port)
  const attackers = startChild('attackers')
  const began = performance.now()
  let isOver = false
  const over = once(attackers, 'message').then(() => {
    isOver = true
  })
  attackers.send({ port })
  const times: Record<'straight' | 'through', number[]> = { straight: [], through: [] }
  while (!isOver) {
    times.straight.push(await straight.publish())
    times.through.push(await through.publish())
    await wait(EVERY_MS)
  }
  await over
  const seconds = (performance.now() - began) / 1000
  await through.end()
  const [pid, memory] = [tap.pid as number, peakMemoryBytes(tap.pid as number)]
  const cpu = cpuSeconds(pid)
  tap.kill('SIGTERM')
  const [code] = await once(tap, 'close')
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as TapReport
  rmSync(folder, { recursive: true, force: true })
  for (const child of [server, attackers]) child.disconnect()
  const [p99, direct] = [quantile(times.through, 0.99), quantile(times.straight, 0.99)]

  const own = report.protocols.find(({ protocol }) => protocol === 'mqtt/3.1')
  const sentBytes = CONNECT.length + through.messages * PUBLISH_BYTES + 2
  const bytes = report.wireBytes.up + report.wireBytes.down
  const unread = report.protocols.flatMap((one) => one.unread)
  const tooFast = unread.filter(({ reason }) => reason.startsWith('they came faster'))
  const checks: [string, boolean][] = [
    [
      `added at p99: ${(p99 - direct).toFixed(1)} ms (${p99.toFixed(1)} through, ${direct.toFixed(1)} straight; median ${(quantile(times.through, 0.5) - quantile(times.straight, 0.5)).toFixed(2)} ms, most ${Math.max(...times.through).toFixed(1)})`,
      p99 - direct < MAX_ADDED_MS,
    ],
    [
      `${through.messages} messages of the device, each passed on as it was sent; the report has their bytes, and read ${own?.messages?.up ?? 0}`,
      own?.wireBytes.up === sentBytes,
    ],
    [
      `tap ended with ${code}, report of ${report.connections.accepted} connections`,
      code === 0 && report.connections.accepted === ATTACKS.length + 1,
    ],
    [
      `${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s; too fast to be read: ${(tooFast.reduce((sum, one) => sum + one.bytes, 0) / 1e6).toFixed(0)} MB; tap: ${(memory / 1e6).toFixed(0)} MB, ${cpu.toFixed(0)} s of CPU`,
      true,
    ],
  ]
  for (const [text, isFine] of checks) process.stdout.write(`${isFine ? 'ok  ' : 'FAIL'} ${text}\n`)
  process.exitCode = checks.every(([, isFine]) => isFine) ? 0 : 1
}

if (options.role === 'server') {
  process.on('disconnect', () => process.exit())
  await runServer()
} else if (options.role === 'attackers') {
  process.on('disconnect', () => process.exit())
  process.on('message', ({ port }: { port: number }) => void runAttackers(port))
} else await main()
