import type { Wording } from '../../model/text/wording.ts'
import { requireScheme } from '../connection-errors.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { disposeOnAbort, disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { addressOf } from '../sockets.ts'
import type { Endpoint, Listing, ServeContext, Transport } from '../transport.ts'
import { CoapClient, type Request } from './coap-client.ts'
import { openCoapServer } from './coap-server.ts'
import { NODE_COAP } from './libraries.ts'
import { nameOf, parseResource, postedResource } from './uri-options.ts'

/** A reading that is sent again until it is acknowledged (RFC 7252 §4.2). */
export const coapCon = uplink(
  'coap-con',
  { en: 'CoAP POST, confirmable', 'zh-TW': 'CoAP POST，需確認' },
  'confirmable',
  { order: 400 },
)

/**
 * A reading that is sent once (RFC 7252 §4.3), and answered by a message that is
 * sent once: a lost one stays lost, and the endpoint is found gone. Beyond 1024
 * bytes node-coap sends each block confirmable; its size is the same.
 */
export const coapNon = uplink(
  'coap-non',
  { en: 'CoAP POST, non-confirmable', 'zh-TW': 'CoAP POST，不需確認' },
  'non-confirmable',
  {
    order: 405,
  },
)

/** A POST a message with node-coap; both sides answer when the application is done with it. */
function uplink(
  id: string,
  title: Wording,
  reliability: Request['reliability'],
  listing: Listing,
): Transport<NoOptions> {
  return {
    id,
    title,
    traits: {
      client: 'node-coap',
      protocol: 'coap',
      flows: ['uplink'],
      completion: 'answered',
      secure: false,
    },
    listing,
    libraries: NODE_COAP,
    parseOptions: refuseOptions(id),
    serve: (_options, context) => serve(context),

    async connect(address, _options, { scenario, signal }) {
      requireScheme(id, address, 'coap:')
      const client = await CoapClient.open(address, signal)
      const resource = postedResource(address, scenario)
      return {
        openProducer: async () => ({
          kind: 'paced',
          send: client.poster(resource, reliability, scenario),
          [Symbol.asyncDispose]: nothingToDispose,
        }),
        keepAlive: () => client.ping(),
        [Symbol.asyncDispose]: disposeOnce(() => client.close()),
      }
    },
  }
}

/** Answers POST on the scenario's path with 2.04 (Changed), after the arrival was handed over. */
async function serve({ scenario, host, onArrival, signal }: ServeContext): Promise<Endpoint> {
  const name = nameOf(parseResource(scenario.path))
  const server = await openCoapServer(host, signal, {
    answer(request) {
      if (request.url !== name) return { code: '4.04' }
      if (request.method !== 'POST') return { code: '4.05' }
      const changed = { code: '2.04' }
      return onArrival(request.payload)?.then(() => changed) ?? changed
    },
  })
  return {
    address: addressOf('coap:', host, server.port, scenario.path),
    [Symbol.asyncDispose]: disposeOnAbort(signal, () => server.close()),
  }
}
