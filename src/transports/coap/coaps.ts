import { contentTypeOf } from '../../model/scenario/content-type.ts'
import { requireScheme, stopped } from '../connection-errors.ts'
import { connectPerMessage } from '../connections/connection-per-message.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { disposeOnAbort, nothingToDispose } from '../once-disposed.ts'
import { addressOf } from '../sockets.ts'
import type { Endpoint, ServeContext, Transport } from '../transport.ts'
import { CoapClient } from './coap-client.ts'
import { putWithLibcoap } from './libcoap/client.ts'
import { findLibcoap } from './libcoap/programs.ts'
import { startLibcoapServer } from './libcoap/server.ts'
import { Observation } from './observation.ts'
import { decodeUint, encodeContentFormat } from './option-values.ts'
import { parseResource } from './uri-options.ts'

const ID = 'coaps-close'

/**
 * A PUT a message over DTLS 1.2 (RFC 7252 §9.1), with a pre-shared key, by
 * libcoap's programs at both ends: no library for Node is a server of it. The
 * client is started for each message and connects for it.
 *
 * The server knows nothing of us. What has arrived is told by an observer of its
 * own (RFC 7641), in the clear at the server's other port.
 */
export const coapsClose: Transport<NoOptions> = {
  id: ID,
  title: {
    en: 'CoAP PUT over DTLS, a connection a message',
    'zh-TW': '經由 DTLS 的 CoAP PUT，每則訊息一條連線',
  },
  traits: {
    client: 'libcoap',
    protocol: 'coap',
    flows: ['uplink'],
    completion: 'answered',
    secure: true,
    connections: 'own',
    needs: 'libcoap3-bin',
    legs: 2,
    completedBy: 'broker',
    startsPrograms: true,
  },
  listing: { order: 406 },
  parseOptions: refuseOptions(ID),

  async availability() {
    const found = await findLibcoap()
    return 'missing' in found ? found.missing : null
  },

  async programs(): Promise<Record<string, string>> {
    const found = await findLibcoap()
    return 'missing' in found ? {} : { libcoap: found.version, gnutls: found.gnutls }
  },

  serve: (_options, context) => serve(context),

  async connect(address, _options, context) {
    requireScheme(ID, address, 'coaps:')
    if (context.signal.aborted) throw stopped(context.signal)
    const { scenario } = context
    const url = new URL(address)
    if (url.pathname === '' || url.pathname === '/') url.pathname = scenario.path
    const format = encodeContentFormat(contentTypeOf(scenario))
    const contentFormat = format === null ? null : decodeUint(format)
    return connectPerMessage(address, context, async (own) => ({
      openProducer: async () => ({
        kind: 'paced',
        send: (payload) => putWithLibcoap({ url, contentFormat, payload }, own),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      [Symbol.asyncDispose]: nothingToDispose,
    }))
  },
}

async function serve({ scenario, host, onArrival, signal }: ServeContext): Promise<Endpoint> {
  const server = await startLibcoapServer(host, signal)
  try {
    const client = await CoapClient.open(addressOf('coap:', host, server.port), signal)
    const resource = parseResource(scenario.path)
    // What is to be observed has to be there.
    await client.request({ method: 'PUT', resource, reliability: 'confirmable', payload: NOTHING })
    const observation = new Observation(client, resource, (payload) => {
      // The server has answered already: there is nobody to hold back.
      onArrival(payload)?.catch(() => {})
    })
    await observation.register()
    return {
      address: addressOf('coaps:', host, server.securePort, scenario.path),
      failure: () => server.failure() ?? client.lifeline.reason,
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        await client.close()
        await server[Symbol.asyncDispose]()
      }),
    }
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}

const NOTHING = new Uint8Array(0)
