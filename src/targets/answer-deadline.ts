import { InstrumentError } from '../model/errors.ts'
import { said } from '../model/said/said.ts'
import { waitAtLeast } from '../system/clock.ts'
import type { Producer } from '../transports/transport.ts'
import type { Target } from './target.ts'

/**
 * The work's result, or the error that names who did not answer.
 * @param deadlineMs starts anew each time `renew` is called
 * @throws InstrumentError `deadline`
 */
export async function untilAnswered<T>(
  { reported, answerMs }: Target,
  work: (renew: () => void) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const why = said('notAnsweredWithin', { url: reported.url, seconds: answerMs / 1000 })
      reject(new InstrumentError('deadline', why))
    }, answerMs)
  })
  try {
    return await Promise.race([work(() => timer?.refresh()), late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A producer towards a server that is not ours: each message has a deadline of
 * its own, and at least `pauseMs` lie between one that is done and the next.
 */
export function considerate(producer: Producer, target: Target, pauseMs: number): Producer {
  if (producer.kind === 'self-driving') {
    return {
      kind: 'self-driving',
      [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
      drive: (payloads, now, onCompleted) =>
        untilAnswered(target, (renew) =>
          producer.drive(payloads, now, (sentNs, completedNs) => {
            renew()
            onCompleted(sentNs, completedNs)
          }),
        ),
    }
  }
  return {
    kind: 'paced',
    ...(producer.connections !== undefined && { connections: producer.connections }),
    send: (payload) => untilAnswered(target, () => producer.send(payload)),
    ...((pauseMs > 0 || producer.settled !== undefined) && {
      settled: async () => {
        await producer.settled?.()
        if (pauseMs > 0) await waitAtLeast(pauseMs)
      },
    }),
    [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
  }
}
