import { requireScheme, stopped } from '../../connection-errors.ts'
import { connectPerMessage } from '../../connections/connection-per-message.ts'
import type { Security } from '../../tls/security.ts'
import { acquireTlsSession } from '../../tls/tls-socket.ts'
import type { Listing, Transport, TransportTraits } from '../../transport.ts'
import { type BrokerOptions, onChosenBroker } from '../broker.ts'
import { AEDES, MQTT_JS, MQTT_PACKET } from '../libraries.ts'
import { openMqttjsStream } from '../mqttjs-client.ts'
import { type MqttjsSettings, openMqttjsPeer } from '../mqttjs-peer.ts'

const SETTINGS: MqttjsSettings = { protocolVersion: 4, qos: 1, topic: 'name' }

export const mqttClose = mqttPerMessage('mqtt-close', 'clear', 'full', { order: 215 })
export const mqttsClose = mqttPerMessage('mqtts-close', 'tls', 'full', {
  order: 235,
  counterpartOf: 'mqtt-close',
})
export const mqttsResumed = mqttPerMessage('mqtts-resumed', 'tls', 'resumed', { order: 240 })

/** Whether each TLS handshake is in full, or resumes one earlier session. */
export type Handshake = 'full' | 'resumed'

/**
 * MQTT.js connecting, publishing with QoS 1, and disconnecting for each message.
 * `resumed`: each handshake resumes one earlier TLS session, as a device does
 * that kept its ticket while it slept.
 */
function mqttPerMessage(
  id: string,
  security: Security,
  handshake: Handshake,
  listing: Listing,
): Transport<BrokerOptions> {
  const traits: TransportTraits = {
    client: 'mqtt.js',
    protocol: 'mqtt/3.1.1',
    flows: ['uplink'],
    completion: 'acknowledged',
    secure: security === 'tls',
    connections: 'own',
  }
  return {
    id,
    title: {
      en: `MQTT 3.1.1 QoS 1${security === 'tls' ? ' over TLS' : ''}, a connection a message${handshake === 'resumed' ? ', resumed' : ''}`,
      'zh-TW': `${security === 'tls' ? '經由 TLS 的 ' : ''}MQTT 3.1.1 QoS 1，每則訊息一條連線${handshake === 'resumed' ? '，恢復交握' : ''}`,
    },
    traits,
    listing,
    libraries: [MQTT_JS, MQTT_PACKET, AEDES],
    ...onChosenBroker(id, traits, SETTINGS.qos),

    ...perMessage(id, security, handshake, SETTINGS),
  }
}

/** The device's side of such a transport. */
export function perMessage(
  id: string,
  security: Security,
  handshake: Handshake,
  settings: MqttjsSettings,
  messagesPerConnection = 1,
): Pick<Transport, 'acquireSession' | 'connect'> {
  const scheme = security === 'tls' ? 'mqtts:' : 'mqtt:'
  return {
    ...(handshake === 'resumed' && {
      acquireSession(address, _options, context) {
        requireScheme(id, address, scheme)
        return acquireTlsSession(address, context)
      },
    }),

    async connect(address, _options, context) {
      requireScheme(id, address, scheme)
      if (context.signal.aborted) throw stopped(context.signal)
      const open = async (own: typeof context) => {
        const packets = await openMqttjsStream(security, address, own)
        return openMqttjsPeer(address, packets, own, settings)
      }
      return connectPerMessage(address, context, open, messagesPerConnection)
    },
  }
}
