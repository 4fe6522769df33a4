import { createServer, type Socket } from 'node:net'
import { InstrumentError, SaidError, saidOf } from '../../model/errors.ts'
import { quoted, said } from '../../model/said/said.ts'
import { placeOf, requireScheme, stopped } from '../connection-errors.ts'
import type { Lifeline } from '../connections/lifeline.ts'
import { inOrder } from '../in-order.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { disposeOnAbort, disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { addressOf, holdSocket, listen, openSocket, releaseSocket } from '../sockets.ts'
import type { ArrivalHandler, PacedProducer, Transport } from '../transport.ts'
import { encodeFrame, FrameReader } from './length-prefixed.ts'

/**
 * A raw TCP echo: four bytes of length and the payload up, the same down. What
 * is left of a protocol when only its message boundaries stay.
 */
export const tcp: Transport<NoOptions> = {
  id: 'tcp',
  title: {
    en: 'raw TCP echo, length-prefixed (control)',
    'zh-TW': '原始 TCP 回應，前置長度（對照）',
  },
  traits: {
    client: 'bare',
    protocol: 'length-prefixed',
    flows: ['uplink'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 900, groups: ['controls'] },
  parseOptions: refuseOptions('tcp'),

  async serve(_options, { host, onArrival, signal }) {
    if (signal.aborted) throw stopped(signal)
    const server = createServer({ noDelay: true }, (socket) => echo(socket, onArrival))
    const listener = await listen(server, host)
    return {
      address: addressOf('tcp:', host, listener.port),
      [Symbol.asyncDispose]: disposeOnAbort(signal, () => listener.close()),
    }
  },

  async connect(address, _options, { signal }) {
    requireScheme('tcp', address, 'tcp:')
    const socket = await openSocket(address, { signal })
    const lifeline = holdSocket(address, socket, signal)
    const producer = echoProducer(address, socket, lifeline)
    return {
      openProducer: async () => producer,
      [Symbol.asyncDispose]: disposeOnce(() => releaseSocket(address, socket, lifeline)),
    }
  },
}

function echo(socket: Socket, onArrival: ArrivalHandler): void {
  const reader = new FrameReader()
  // Order is all that answers are told apart by.
  const take = inOrder(onArrival, () => socket.destroy())
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    try {
      for (const payload of reader.feed(chunk)) {
        take(payload, () => {
          if (socket.writable) socket.write(encodeFrame(payload))
        })
      }
    } catch {
      socket.destroy()
    }
  })
}

function echoProducer(address: URL, socket: Socket, lifeline: Lifeline): PacedProducer {
  const reader = new FrameReader()
  /** Echoes come in the order of sending. */
  const awaited: { payload: Uint8Array; resolve: () => void }[] = []
  const accept = (echoed: Uint8Array): void => {
    const first = awaited.shift()
    if (first === undefined) throw new SaidError(said('strangeFrame'))
    if (!Buffer.from(echoed.buffer, echoed.byteOffset, echoed.length).equals(first.payload)) {
      throw new SaidError(said('changedFrame'))
    }
    first.resolve()
  }
  socket.on('data', (chunk) => {
    try {
      for (const echoed of reader.feed(chunk)) accept(echoed)
    } catch (cause) {
      const why = said('noEcho', { place: placeOf(address), why: quoted(saidOf(cause)) })
      lifeline.cut(new InstrumentError('connection', why, { cause }))
    }
  })
  return {
    kind: 'paced',
    send: (payload) =>
      lifeline.wait((resolve) => {
        awaited.push({ payload, resolve })
        socket.write(encodeFrame(payload))
      }),
    [Symbol.asyncDispose]: nothingToDispose,
  }
}
