import { requireScheme } from '../../connection-errors.ts'
import type { Transport } from '../../transport.ts'
import { HOLD_TIME, parseDurationOption } from '../duration-option.ts'
import { FASTIFY, UNDICI } from '../libraries.ts'
import { serveCommands } from './command-server.ts'
import { fetchMessage } from './fetching.ts'
import { HoldingDesk } from './holding-desk.ts'
import { connectHttpApp } from './http-app.ts'
import { connectWaitingDevice } from './waiting-device.ts'

export interface LongPollOptions {
  readonly holdMs: number
}

/**
 * The device asks, and the server holds the request until a command comes or
 * the hold time is over; then the device asks again at once (RFC 6202 §2).
 */
export const httpLongPoll: Transport<LongPollOptions> = {
  id: 'http-long-poll',
  title: { en: 'HTTP/1.1 GET held by the server', 'zh-TW': 'HTTP/1.1，伺服器留住的 GET' },
  traits: {
    client: 'fetch',
    protocol: 'http/1.1',
    flows: ['roundtrip'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 150 },
  libraries: [UNDICI, FASTIFY],
  optionNames: [HOLD_TIME.name],
  parseOptions: (input) => ({ holdMs: parseDurationOption('http-long-poll', HOLD_TIME, input) }),
  waiting: ({ holdMs }) => ({ delivery: 'pushed', everyS: holdMs / 1_000 }),
  serve: ({ holdMs }, context) =>
    serveCommands(context, (answer) => new HoldingDesk(answer, holdMs)),

  async connect(address, _options, context) {
    requireScheme('http-long-poll', address, 'http:')
    return connectWaitingDevice(
      address,
      context,
      async ({ connection, url, onOpen, onDelivery, onQuiet }) => {
        // What comes while nobody asks lies in the server's queue.
        onOpen()
        while (true) {
          const command = await fetchMessage(connection, url, context.scenario)
          if (command === null) onQuiet()
          else onDelivery(command)
        }
      },
    )
  },

  async connectApp(address, _options, context) {
    requireScheme('http-long-poll', address, 'http:')
    return connectHttpApp(address, context, 'ends waits')
  },
}
