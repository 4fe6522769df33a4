import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Direction } from '../src/model/vocabulary.ts'
import { DetectedConnection } from '../src/wire/detection/detected-connection.ts'
import { TlsSecrets } from '../src/wire/dissectors/tls/keys/tls-secrets.ts'
import { ATTACKS, type Attack } from './adversarial/streams.ts'

// Run by `npm run adversarial`: what is sent to exhaust a reader, at 1 and at 10 MB.
// Prints CPU seconds and the greatest memory of a process for each, and fails where
// ten times as much takes more than twelve times as long, ten megabytes take more than
// ten seconds (the first has the compiler in it), or above 300 MB.

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    /** Of the child: what to read, and how much. */
    attack: { type: 'string' },
    megabytes: { type: 'string' },
  },
})

const MAX_RATIO = 12
const MAX_MEGABYTES = 300
const MAX_SECONDS_A_MB = 1
const MEGABYTE = 1_000_000
/** As much as a socket gives at once. */
const PIECE_BYTES = 64 * 1024
/** What takes less is not told from what the machine does besides. */
const LEAST_SECONDS = 0.05

function* piecesOf({ opening, unit, isDrip = false }: Attack, bytes: number) {
  yield* opening
  let sentBytes = 0
  for (let round = 0; sentBytes < bytes; ) {
    const [direction, first] = unit(round)
    round += 1
    const units = [first]
    let length = first.length
    while (!isDrip && length < PIECE_BYTES) {
      const [, next] = unit(round)
      round += 1
      units.push(next)
      length += next.length
    }
    sentBytes += length
    yield [direction, isDrip ? first : Buffer.concat(units)] as const
  }
}

interface Cost {
  seconds: number
  megabytes: number
}

function read(attack: Attack, megabytes: number): Cost {
  const connection = new DetectedConnection(new TlsSecrets())
  let fedBytes = 0
  let microseconds = 0
  const feed = (pieces: readonly (readonly [Direction, Uint8Array])[]): void => {
    const before = process.cpuUsage()
    for (const [direction, bytes] of pieces) connection.feed(direction, bytes)
    const spent = process.cpuUsage(before)
    microseconds += spent.user + spent.system
  }
  let pieces: (readonly [Direction, Uint8Array])[] = []
  for (const piece of piecesOf(attack, megabytes * MEGABYTE)) {
    fedBytes += piece[1].length
    // Asking for the time would take longer than to read a single byte.
    pieces.push(piece)
    if (attack.isDrip && pieces.length < 1000) continue
    feed(pieces)
    pieces = []
  }
  feed(pieces)
  connection.end()
  const sums = [
    ...connection.book.entries(),
    ...connection.unread('up'),
    ...connection.unread('down'),
  ]
  const sum = sums.reduce((all, { bytes }) => all + bytes, 0)
  if (sum !== fedBytes)
    throw new Error(`${attack.what}: ${fedBytes} bytes were fed, ${sum} told of`)
  return {
    seconds: microseconds / 1e6,
    megabytes: (process.resourceUsage().maxRSS * 1024) / MEGABYTE,
  }
}

/** In a process of its own, whose memory is that of this alone. */
function measure({ what }: Attack, megabytes: number): Cost {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--attack', what]
  const printed = execFileSync(process.execPath, [...args, '--megabytes', String(megabytes)])
  return JSON.parse(printed.toString()) as Cost
}

function report(attack: Attack): boolean {
  const [small, large] = [measure(attack, 1), measure(attack, 10)]
  const ratio = Math.max(large.seconds, LEAST_SECONDS) / Math.max(small.seconds, LEAST_SECONDS)
  const isQuick = large.seconds <= 10 * MAX_SECONDS_A_MB
  const isFine = ratio <= MAX_RATIO && large.megabytes <= MAX_MEGABYTES && isQuick
  const row = [
    attack.what.padEnd(62),
    ...[small.seconds, large.seconds].map((seconds) => `${seconds.toFixed(2)} s`.padStart(9)),
    `x${ratio.toFixed(1)}`.padStart(6),
    ...[small.megabytes, large.megabytes].map((amount) => `${amount.toFixed(0)} MB`.padStart(7)),
    isFine ? '' : '  too much',
  ]
  process.stdout.write(`${row.join('')}\n`)
  return isFine
}

const find = (name: string): Attack => {
  const found = ATTACKS.find(({ what }) => what === name)
  if (found === undefined) throw new Error(`no attack is called ${name}`)
  return found
}

if (options.attack !== undefined) {
  process.stdout.write(JSON.stringify(read(find(options.attack), Number(options.megabytes))))
} else {
  const { only = '' } = options
  const results = ATTACKS.filter(({ what }) => what.includes(only)).map(report)
  process.exitCode = results.every(Boolean) ? 0 : 1
}
