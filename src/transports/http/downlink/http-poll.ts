import { requireScheme } from '../../connection-errors.ts'
import { nothingToDispose } from '../../once-disposed.ts'
import type { Transport } from '../../transport.ts'
import { POLL_INTERVAL, parseDurationOption } from '../duration-option.ts'
import { openFetchConnection } from '../fetch-connection.ts'
import { FASTIFY, UNDICI } from '../libraries.ts'
import { postingProducer } from '../post.ts'
import { serveCommands } from './command-server.ts'
import { fetchMessage } from './fetching.ts'
import { connectHttpApp } from './http-app.ts'
import { PolledDesk } from './polled-desk.ts'
import { deviceUrls } from './urls.ts'

export interface PollOptions {
  readonly intervalMs: number
}

/**
 * The device asks every so often: GET `<path>/set` is answered with the oldest
 * command, or 204. It has one connection, kept alive, for asking and for
 * reporting, since it does one after the other.
 *
 * After a command it asks again when its interval is over, as after an empty
 * answer: commands to a device are rare, and asking at once would find nothing
 * nearly every time, and double what a command costs.
 */
export const httpPoll: Transport<PollOptions> = {
  id: 'http-poll',
  title: { en: 'HTTP/1.1 GET every interval', 'zh-TW': 'HTTP/1.1，定時 GET' },
  traits: {
    client: 'fetch',
    protocol: 'http/1.1',
    flows: ['roundtrip'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 145 },
  libraries: [UNDICI, FASTIFY],
  optionNames: [POLL_INTERVAL.name],
  parseOptions: (input) => ({
    intervalMs: parseDurationOption('http-poll', POLL_INTERVAL, input),
  }),
  waiting: ({ intervalMs }) => ({ delivery: 'polled', everyS: intervalMs / 1_000 }),
  serve: (_options, context) => serveCommands(context, (answer) => new PolledDesk(answer)),

  async connect(address, _options, context) {
    const { scenario } = context
    requireScheme('http-poll', address, 'http:')
    const { sends, receives } = deviceUrls(address, scenario)
    const connection = await openFetchConnection(address, context)
    let deliver: (payload: Uint8Array) => void = () => {}
    const poll = async (): Promise<void> => {
      const command = await fetchMessage(connection, receives, scenario)
      if (command !== null) deliver(command)
    }
    return {
      openProducer: async () => postingProducer(connection, sends, context),
      async openConsumer(onDelivery) {
        deliver = onDelivery
        return { [Symbol.asyncDispose]: nothingToDispose }
      },
      poll,
      keepAlive: poll,
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    }
  },

  async connectApp(address, _options, context) {
    requireScheme('http-poll', address, 'http:')
    return connectHttpApp(address, context, 'knows no wait')
  },
}
