import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../../model/errors.ts'
import { scenarioSchema } from '../../model/scenario/scenario.ts'
import { stopped } from '../connection-errors.ts'
import { nothingToDispose } from '../once-disposed.ts'
import type { ConnectContext, PacedProducer, Peer } from '../transport.ts'
import { connectPerMessage } from './connection-per-message.ts'

const scenario = scenarioSchema.parse({ name: 'a', title: 'a', payload: { hex: '00' } })
const address = new URL('mqtt://127.0.0.1:1883')

/** A peer whose acknowledgements and goodbyes wait until they are let go. */
class Counterpart {
  readonly steps: string[] = []
  readonly #held = new Map<string, () => void>()
  readonly #reached = new Map<string, () => void>()

  readonly open = async ({ signal }: ConnectContext): Promise<Peer> => {
    this.steps.push('open')
    return {
      openProducer: async () => ({
        kind: 'paced',
        send: () =>
          new Promise<void>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(stopped(signal)))
            this.#hold('send', resolve)
          }),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      [Symbol.asyncDispose]: () => new Promise<void>((resolve) => this.#hold('goodbye', resolve)),
    }
  }

  /** Resolves when that step has begun. */
  reach(step: string): Promise<void> {
    if (this.#held.has(step)) return Promise.resolve()
    return new Promise((resolve) => this.#reached.set(step, resolve))
  }

  async finish(step: string): Promise<void> {
    await this.reach(step)
    this.#held.get(step)?.()
    this.#held.delete(step)
  }

  #hold(step: string, resolve: () => void): void {
    this.steps.push(step)
    this.#held.set(step, resolve)
    this.#reached.get(step)?.()
    this.#reached.delete(step)
  }
}

async function connect(
  counterpart: Counterpart,
  signal = new AbortController().signal,
): Promise<{ peer: Peer; producer: PacedProducer }> {
  const peer = connectPerMessage(address, { scenario, signal }, counterpart.open)
  const producer = await peer.openProducer()
  if (producer.kind !== 'paced') throw new Error('not paced')
  return { peer, producer }
}

describe('a connection a message', () => {
  it('completes a message before its goodbye, and opens the next behind it', async () => {
    const counterpart = new Counterpart()
    const { producer } = await connect(counterpart)
    expect(counterpart.steps).toEqual([])
    const first = producer.send(Uint8Array.of(1))
    const second = producer.send(Uint8Array.of(2))
    await counterpart.finish('send')
    await first
    await counterpart.reach('goodbye')
    expect(counterpart.steps).toEqual(['open', 'send', 'goodbye'])
    await counterpart.finish('goodbye')
    await counterpart.finish('send')
    await second
    expect(counterpart.steps.slice(3, 5)).toEqual(['open', 'send'])
  })

  it('is settled when the goodbye is over', async () => {
    const counterpart = new Counterpart()
    const { producer } = await connect(counterpart)
    const order: string[] = []
    const sending = producer.send(Uint8Array.of(1)).then(() => order.push('completed'))
    await counterpart.finish('send')
    await sending
    const settling = producer.settled?.().then(() => order.push('settled'))
    await counterpart.reach('goodbye')
    order.push('goodbye')
    await counterpart.finish('goodbye')
    await settling
    expect(order).toEqual(['completed', 'goodbye', 'settled'])
  })

  it('waits for a goodbye when it is disposed, and sends nothing after it', async () => {
    const counterpart = new Counterpart()
    const { peer, producer } = await connect(counterpart)
    const sending = producer.send(Uint8Array.of(1))
    await counterpart.finish('send')
    await sending
    await counterpart.reach('goodbye')
    let isDisposed = false
    const disposing = peer[Symbol.asyncDispose]().then(() => {
      isDisposed = true
    })
    await nextTurn()
    expect(isDisposed).toBe(false)
    await counterpart.finish('goodbye')
    await disposing
    await expect(producer.send(Uint8Array.of(2))).rejects.toMatchObject({ code: 'connection' })
  })

  it('rejects what is in flight when it is disposed', async () => {
    const counterpart = new Counterpart()
    const { peer, producer } = await connect(counterpart)
    const sending = producer.send(Uint8Array.of(1))
    await counterpart.reach('send')
    const disposing = peer[Symbol.asyncDispose]()
    await expect(sending).rejects.toMatchObject({ code: 'connection' })
    await counterpart.finish('goodbye')
    await disposing
  })

  it('rejects what is in flight with the reason of the signal', async () => {
    const counterpart = new Counterpart()
    const abort = new AbortController()
    const { producer } = await connect(counterpart, abort.signal)
    const sending = producer.send(Uint8Array.of(1))
    await counterpart.reach('send')
    const reason = new InstrumentError('deadline', 'was not done within 1 s')
    abort.abort(reason)
    await expect(sending).rejects.toBe(reason)
    await counterpart.finish('goodbye')
  })
})
