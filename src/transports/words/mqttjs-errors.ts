import type { Socket } from 'node:net'
import type { Packet } from 'mqtt'
import { describeError, type InstrumentError } from '../../model/errors.ts'
import { lost } from '../connection-errors.ts'
import type { ProtocolLevel } from '../mqtt/broker-limits.ts'
import { heardOn } from '../sockets.ts'
import type { HeardBytes } from './heard-bytes.ts'
import { disconnected, refusedConnect, refusedPublish } from './mqtt-answers.ts'
import { speaksOther } from './other-protocol.ts'

/** What MQTT.js makes of an answer to PUBLISH that says no; null where the error is another. */
export function readRefusedPublish(
  address: URL,
  topic: string,
  error: Error,
  answer: Packet | undefined,
): InstrumentError | null {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'number' || !describeError(error).startsWith('Publish error: ')) return null
  const { cmd = 'puback' } = answer ?? {}
  return refusedPublish(address, topic, cmd.toUpperCase(), code)
}

/** Control packet types whose codes MQTT.js does not take all (MQTT 5.0 §2.1.2). */
const CODED = { puback: 4, pubrec: 5, disconnect: 14 } as const

/** Why MQTT.js gives a connection up: in the server's words where it said any. */
export function explainError(
  address: URL,
  error: Error,
  {
    protocolVersion,
    heard,
    connack,
    socket,
  }: {
    protocolVersion: ProtocolLevel
    heard: HeardBytes
    connack: Packet | null
    socket: Socket
  },
): InstrumentError {
  const text = describeError(error)
  const { code } = error as { code?: unknown }
  if (typeof code === 'number' && text.startsWith('Connection refused: ')) {
    const said = connack?.cmd === 'connack' ? connack.properties : undefined
    return refusedConnect(address, code, protocolVersion, said)
  }
  const [, cmd] = /^Invalid (puback|pubrec|disconnect) reason code$/.exec(text) ?? []
  const reason = cmd === undefined ? null : heard.reasonIn(CODED[cmd as keyof typeof CODED])
  if (cmd !== undefined && reason !== null) {
    return cmd === 'disconnect'
      ? disconnected(address, reason)
      : refusedPublish(address, '', cmd.toUpperCase(), reason)
  }
  const isSecure = address.protocol === 'mqtts:' || address.protocol === 'wss:'
  const protocol = { protocol: 'mqtt/3.1.1', secure: false } as const
  return (
    (isSecure ? null : speaksOther(address, protocol, heard.first)) ??
    lost(address, error, heardOn(socket))
  )
}
