import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { Random } from './fuzz/random.ts'
import { TARGETS, type Target } from './fuzz/targets.ts'

// Run by `npm run fuzz`: damages conversations of every protocol and captures, and
// reads them. No input may throw, take above a second a megabyte, or leave a byte
// out of the sums. Each is made of the seed, the name and its number alone, so what
// is printed of a fault makes it again: --only NAME --seed N --from NUMBER --inputs 1

const { values: options } = parseArgs({
  args: isMainThread ? process.argv.slice(2) : workerData.args,
  options: {
    /** Of each reader, or for as long as `--seconds` say, which they share. */
    inputs: { type: 'string', default: '1000000' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    /** Where to go on: how far each reader has come is kept in this file. */
    state: { type: 'string' },
  },
})

interface State {
  seed: number
  /** Inputs read, by reader. */
  done: Record<string, number>
}

const SECONDS_A_BYTE = 1e-6
/** Whatever stalls a machine for less is none of the reader's. */
const LEAST_SECONDS = 0.25
const STALLED_SECONDS = 60
const SAVED_EVERY = 5000

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const secondsNow = (): number => performance.now() / 1000

function timeIsUp(one: Target, seed: number, index: number, bytes: number): boolean {
  const limit = Math.max(LEAST_SECONDS, bytes * SECONDS_A_BYTE)
  // The machine may have been busy: what takes too long does so each time.
  return [1, 2, 3].every(() => {
    const random = new Random(seed, one.name, index)
    const input = one.make(random)
    const start = secondsNow()
    one.findFault(input, random)
    return secondsNow() - start > limit
  })
}

function findFault(one: Target, seed: number, index: number): string | null {
  const random = new Random(seed, one.name, index)
  const input = one.make(random)
  const start = secondsNow()
  try {
    const fault = one.findFault(input, random)
    if (fault !== null) return fault
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const bytes = input.reduce(
    (sum, [, said]) => sum + (typeof said === 'number' ? 0 : said.length),
    0,
  )
  const limit = Math.max(LEAST_SECONDS, bytes * SECONDS_A_BYTE)
  if (secondsNow() - start <= limit || !timeIsUp(one, seed, index, bytes)) return null
  return `more than ${limit} s for ${bytes} bytes`
}

function loadState(): State {
  const { state, seed } = options
  if (state !== undefined && existsSync(state)) return JSON.parse(readFileSync(state, 'utf8'))
  return { seed: Number(seed ?? Date.now() % 1_000_000), done: {} }
}

function saveState(state: State): void {
  if (options.state !== undefined) writeFileSync(options.state, `${JSON.stringify(state)}\n`)
}

/** @param progress number of the present target and input, for whoever watches */
function campaign(progress: Int32Array): number {
  const state = loadState()
  const until = Number(options.from) + Number(options.inputs)
  // Who has done his share leaves the time to the others; the last one comes first.
  const targets = TARGETS.filter(
    ({ name }) =>
      (options.only === undefined || name === options.only) && (state.done[name] ?? 0) < until,
  ).toSorted((one, other) => (state.done[one.name] ?? 0) - (state.done[other.name] ?? 0))
  say(`seed ${state.seed}`)
  let faults = 0
  for (const one of targets) {
    const place = TARGETS.indexOf(one)
    const from = Math.max(Number(options.from), state.done[one.name] ?? 0)
    const seconds =
      options.seconds === undefined ? Infinity : Number(options.seconds) / targets.length
    const start = secondsNow()
    let index = from
    let found = 0
    for (; index < until && secondsNow() - start < seconds && found < 10; index += 1) {
      Atomics.store(progress, 0, place)
      Atomics.store(progress, 1, index)
      const fault = findFault(one, state.seed, index)
      if (fault !== null) {
        found += 1
        say(
          `${one.name}: ${fault}\n  --only '${one.name}' --seed ${state.seed} --from ${index} --inputs 1`,
        )
      }
      if (index % SAVED_EVERY === 0)
        saveState({ ...state, done: { ...state.done, [one.name]: index } })
    }
    state.done[one.name] = index
    saveState(state)
    faults += found
    const spent = (secondsNow() - start).toFixed(1)
    say(`${one.name}: ${index - from} inputs in ${spent} s, ${found} faults`)
  }
  return faults
}

/** Node 20 does not hand on to a thread how its sources are translated; later ones read them as they are. */
const ENTRY = `import { register } from '${import.meta.resolve('tsx/esm/api')}'
register()
await import('${import.meta.url}')`
const entry =
  'typescript' in process.features && process.features.typescript !== false
    ? new URL(import.meta.url)
    : new URL(`data:text/javascript,${encodeURIComponent(ENTRY)}`)

/** What an input leaves behind is little and soon over: it is cheapest to forget it in one go. */
const YOUNG_MEGABYTES = 64

/** A reader that never returns can only be seen from outside. */
function watch(): void {
  const shared = new SharedArrayBuffer(8)
  const progress = new Int32Array(shared)
  const worker = new Worker(entry, {
    workerData: { shared, args: process.argv.slice(2) },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  })
  let last = ''
  const timer = setInterval(() => {
    const now = `${TARGETS[progress[0] ?? 0]?.name}, input ${progress[1]}`
    if (now === last) {
      say(`${now}: takes more than ${STALLED_SECONDS} s`)
      process.exit(1)
    }
    last = now
  }, STALLED_SECONDS * 1000)
  worker.on('error', (error) => {
    throw error
  })
  worker.on('exit', (code) => {
    clearInterval(timer)
    process.exitCode = code
  })
}

if (isMainThread) watch()
else process.exitCode = campaign(new Int32Array(workerData.shared)) > 0 ? 1 : 0
