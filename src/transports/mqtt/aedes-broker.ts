import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Client, PublishPacket } from 'aedes'
import { stopped } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import { createTlsIdentity } from '../tls/certificate.ts'
import { endBeforeDestroy } from '../tls/close-notify.ts'
import type { Security } from '../tls/security.ts'
import { tlsServerOptions } from '../tls/tls-server.ts'
import type { Endpoint, ServeContext } from '../transport.ts'

/** What is used of Aedes' persistence, which its types leave out. Rejects for a packet it does not hold. */
interface IncomingStore {
  incomingGetPacket(client: Client | null, packet: PublishPacket): Promise<unknown>
}

/**
 * The Aedes broker, its sessions and messages in memory.
 *
 * An arrival is told where Aedes asks whether a publish is allowed: the packet
 * is decoded, nothing was answered and nothing forwarded. After it, Aedes
 * answers QoS 1 with PUBACK *before* it forwards, and QoS 2 with PUBREC after it
 * has stored and forwarded; PUBCOMP answers PUBREL.
 */
export async function serveAedes(
  { host, onArrival, signal }: ServeContext,
  security: Security = 'clear',
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
    // [MQTT-4.3.3-2]: a QoS 2 message sent again is the same one until its PUBREL.
    if (packet.qos === 2 && packet.dup) store.incomingGetPacket(client, packet).then(allow, arrive)
    else arrive()
  }
  const identity = security === 'tls' ? await createTlsIdentity() : null
  const server =
    identity === null
      ? createServer({ noDelay: true }, broker.handle)
      : createTlsServer(tlsServerOptions(identity), (socket) =>
          broker.handle(endBeforeDestroy(socket, isGoodbye)),
        )
  const listener = await listen(server, host)
  return {
    address: addressOf(identity === null ? 'mqtt:' : 'mqtts:', host, listener.port),
    ...(identity !== null && { certificate: identity.certificate }),
    [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
      isUp = false
      await listener.close()
      await new Promise<void>((resolve) => broker.close(() => resolve()))
    }),
  }
}

/** Aedes destroys with an error what broke, and without one what said DISCONNECT. */
const isGoodbye = (error: Error | undefined): boolean => error === undefined

function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
