import { appChannels, deviceChannels } from '../channels.ts'
import { requireScheme } from '../connection-errors.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { disposeOnAbort, disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { addressOf } from '../sockets.ts'
import type { App, ConnectContext, Endpoint, Peer, ServeContext, Transport } from '../transport.ts'
import { CoapClient } from './coap-client.ts'
import { openCoapServer } from './coap-server.ts'
import { NODE_COAP } from './libraries.ts'
import { ObservableResource } from './observable-resource.ts'
import { Observation } from './observation.ts'
import { nameOf, parseResource } from './uri-options.ts'

const ID = 'coap-observe'

/**
 * Seconds after which a device registers again: a notification is fresh for 60 s
 * where it names no Max-Age (RFC 7252 §5.10.5), and the device waits another 5
 * to 15 s so that not all of them come at once (RFC 7641 §3.3.1). It is the only
 * way to learn that a server has forgotten it, and keeps the way through a NAT
 * open as a ping would.
 */
const REGISTRATION_S = 60 + 10

/**
 * A device that observes `<path>/set` for its commands and posts its state to
 * `<path>/state`, which the app observes; all messages confirmable.
 */
export const coapObserve: Transport<NoOptions> = {
  id: ID,
  title: { en: 'CoAP Observe, confirmable', 'zh-TW': 'CoAP Observe，需確認' },
  traits: {
    client: 'node-coap',
    protocol: 'coap',
    flows: ['roundtrip'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 410 },
  libraries: NODE_COAP,
  parseOptions: refuseOptions(ID),
  serve: (_options, context) => serve(context),

  async connect(address, _options, context): Promise<Peer> {
    const client = await openClient(address, context)
    const { sends, receives } = deviceChannels(context.scenario)
    let observation: Observation | null = null
    const deregister = disposeOnce(async () => {
      const { lifeline } = client
      // Whoever is still waited for would hold the goodbye up.
      if (observation === null || lifeline.reason !== null || !lifeline.idle) return
      // The connection may be lost meanwhile: then there is nobody to say it to.
      await observation.deregister().catch(() => {})
      observation = null
    })
    return {
      openProducer: async () => ({
        kind: 'paced',
        send: client.poster(parseResource(sends.path), 'confirmable', context.scenario),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      async openConsumer(onDelivery) {
        observation = new Observation(client, parseResource(receives.path), onDelivery)
        await observation.register()
        return { [Symbol.asyncDispose]: deregister }
      },
      keepAlive: () => observation?.register() ?? client.ping(),
      [Symbol.asyncDispose]: disposeOnce(async () => {
        await deregister()
        await client.close()
      }),
    }
  },

  async connectApp(address, _options, context): Promise<App> {
    const client = await openClient(address, context)
    const { sends, receives } = appChannels(context.scenario)
    const app: App = {
      onState: () => {},
      command: client.poster(parseResource(sends.path), 'confirmable', context.scenario),
      [Symbol.asyncDispose]: disposeOnce(() => client.close()),
    }
    try {
      const resource = parseResource(receives.path)
      await new Observation(client, resource, (state) => app.onState(state)).register()
    } catch (error) {
      await client.close()
      throw error
    }
    return app
  },

  waiting: () => ({ delivery: 'pushed', everyS: REGISTRATION_S }),
}

async function openClient(address: URL, { signal }: ConnectContext): Promise<CoapClient> {
  requireScheme(ID, address, 'coap:')
  return CoapClient.open(address, signal)
}

/** The two resources between device and app. */
async function serve({ scenario, host, signal }: ServeContext): Promise<Endpoint> {
  const { sends, receives } = deviceChannels(scenario)
  const resources = new Map<string, ObservableResource>()
  const server = await openCoapServer(host, signal, {
    answer: (request) => resources.get(request.url)?.answer(request) ?? { code: '4.04' },
    observe(request, notifications) {
      const resource = resources.get(request.url)
      if (resource !== undefined) {
        resource.observe(request, notifications)
        return
      }
      notifications.statusCode = '4.04'
      notifications.end()
    },
  })
  for (const { path } of [sends, receives]) {
    resources.set(nameOf(parseResource(path)), new ObservableResource(server))
  }
  return {
    address: addressOf('coap:', host, server.port),
    [Symbol.asyncDispose]: disposeOnAbort(signal, () => server.close()),
  }
}
