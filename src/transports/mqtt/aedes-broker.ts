import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import type { Client, PublishPacket } from 'aedes'
import { tlsProfileOf } from '../../model/tls/profiles.ts'
import { stopped } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import { createTlsIdentity, trustOf } from '../tls/certificate.ts'
import { endBeforeDestroy } from '../tls/close-notify.ts'
import { tlsServerOptions } from '../tls/tls-server.ts'
import type { Endpoint, ServeContext } from '../transport.ts'

/** What is used of Aedes' persistence, which its types leave out. Rejects for a packet it does not hold. */
interface IncomingStore {
  incomingGetPacket(client: Client | null, packet: PublishPacket): Promise<unknown>
}

/** How clients come to the broker. */
export interface BrokerDoor {
  /** Of its address. */
  readonly scheme: string
  readonly path?: string
  /** PEM of what a client has to trust, where it is to trust something. */
  readonly certificate?: string
  /** @param welcome takes the stream of packets of one more connection */
  createServer(welcome: (stream: Duplex) => void): Server | Promise<Server>
}

const TCP: BrokerDoor = {
  scheme: 'mqtt:',
  createServer: (welcome) => createServer({ noDelay: true }, welcome),
}

/** TLS with a certificate made for it. */
export async function openTlsDoor({
  scenario,
  host,
}: Pick<ServeContext, 'scenario' | 'host'>): Promise<BrokerDoor> {
  const identity = await createTlsIdentity(tlsProfileOf(scenario), host)
  return {
    scheme: 'mqtts:',
    ...trustOf(identity),
    createServer: (welcome) =>
      // Aedes destroys with an error what broke, and without one what said DISCONNECT.
      createTlsServer(tlsServerOptions(identity), (socket) => welcome(endBeforeDestroy(socket))),
  }
}

/**
 * The Aedes broker, its sessions and messages in memory.
 *
 * An arrival is told where Aedes asks whether a publish is allowed: the packet
 * is decoded, nothing was answered and nothing forwarded. After it, Aedes
 * answers QoS 1 with PUBACK *before* it forwards, and QoS 2 with PUBREC after it
 * has stored and forwarded; PUBCOMP answers PUBREL. Only an uplink ends at the
 * broker: in every other flow a message is for another client, and no arrival.
 */
export async function serveAedes(
  { scenario, host, onArrival, signal }: ServeContext,
  door: BrokerDoor = TCP,
): Promise<Endpoint> {
  if (signal.aborted) throw stopped(signal)
  const { Aedes } = await import('aedes')
  const broker = await Aedes.createBroker({
    // As many QoS 2 exchanges as there are packet ids; the default ends the connection at 1000.
    maxInflightInbound: 65_535,
  })
  const store = (broker as unknown as { persistence: IncomingStore }).persistence
  let isUp = true
  broker.authorizePublish = (client, packet, callback) => {
    const allow = (): void => {
      if (isUp) callback(null)
    }
    const arrive = (): void => {
      const held = onArrival(bytesOf(packet.payload))
      if (held === undefined) allow()
      else held.then(allow, callback)
    }
    if (scenario.flow !== 'uplink') {
      allow()
      return
    }
    // [MQTT-4.3.3-2]: a QoS 2 message sent again is the same one until its PUBREL.
    if (packet.qos === 2 && packet.dup) store.incomingGetPacket(client, packet).then(allow, arrive)
    else arrive()
  }
  const server = await door.createServer(broker.handle)
  const listener = await listen(server, host)
  return {
    address: addressOf(door.scheme, host, listener.port, door.path),
    ...(door.certificate !== undefined && { certificate: door.certificate }),
    [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
      isUp = false
      await listener.close()
      await new Promise<void>((resolve) => broker.close(() => resolve()))
    }),
  }
}

function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
