import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Doorstep {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** What somebody who is not of the run has tried, and what he was told. */
export interface Intrusion {
  readonly attempts: number
  readonly answeredBytes: number
}

/**
 * Somebody else on this machine, who speaks HTTP, MQTT and noise to every port
 * that he is given, over and over: a thread, since what this one opens is its own.
 */
export class Intruder implements AsyncDisposable {
  readonly #worker: Worker

  constructor(doorsteps: readonly Doorstep[]) {
    this.#worker = new Worker(KNOCKING, { eval: true, workerData: doorsteps })
  }

  /** Resolves when every port was tried anew with everything. */
  async round(): Promise<void> {
    this.#worker.postMessage('round')
    const [said] = await once(this.#worker, 'message')
    if (said !== 'round') throw new Error(`the intruder said ${said}`)
  }

  async stop(): Promise<Intrusion> {
    this.#worker.postMessage('stop')
    const [intrusion] = await once(this.#worker, 'message')
    return intrusion as Intrusion
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}

const KNOCKING = `
const { createSocket } = require('node:dgram')
const { setTimeout: wait } = require('node:timers/promises')
const { connect } = require('node:net')
const { parentPort, workerData } = require('node:worker_threads')

const GET = Buffer.from('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')
const CONNECT = Buffer.concat([Buffer.from('101300044d5154540402003c0007', 'hex'), Buffer.from('visitor')])
const NOISE = Buffer.alloc(300, 0xff)
let attempts = 0
let answeredBytes = 0
const visitors = []

function knock(port, words) {
  return new Promise((resolve) => {
    attempts += 1
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (bytes) => {
      answeredBytes += bytes.length
    })
    // Whoever answers is left after a while; who refuses closes by himself.
    const deadline = setTimeout(() => socket.destroy(), 200)
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(deadline)
      resolve()
    })
    socket.write(words)
  })
}

async function throwAt(port, words) {
  attempts += 1
  const socket = createSocket('udp4')
  socket.on('error', () => {})
  socket.on('message', (bytes) => {
    answeredBytes += bytes.length
  })
  await new Promise((resolve) => socket.send(words, port, '127.0.0.1', resolve))
  // Left open: a port that is used again would be the same stranger.
  socket.unref()
  visitors.push(socket)
}

let isStopped = false
let rounds = []
parentPort.on('message', (asked) => {
  if (asked === 'stop') isStopped = true
  else rounds.push(false)
})
async function goRound() {
  for (const { protocol, port } of workerData) {
    for (const words of [GET, CONNECT, NOISE]) {
      await (protocol === 'tcp' ? knock(port, words) : throwAt(port, words))
      if (protocol === 'udp') await wait(5)
    }
  }
}
async function run() {
  while (!isStopped) {
    const asked = rounds.splice(0)
    await goRound()
    for (const _ of asked) parentPort.postMessage('round')
  }
  // Whoever answers datagrams may take his time.
  await wait(50)
  for (const socket of visitors) socket.close()
  parentPort.postMessage({ attempts, answeredBytes })
  parentPort.close()
}
run()
`
