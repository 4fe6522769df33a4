import { targetUrlOf } from '../../transports/http/request/write-request.ts'
import type { Qos } from '../../transports/mqtt/broker-limits.ts'
import type { OpenDriver } from './driver-request.ts'
import type { ProtocolVersion } from './mqtt/publish-frames.ts'

const mqtt =
  (protocolVersion: ProtocolVersion, qos: Qos): OpenDriver =>
  async (request) => {
    const { openMqttLoadDriver } = await import('./mqtt/mqtt-load-driver.ts')
    return openMqttLoadDriver({ ...request, protocolVersion, qos })
  }

const http: OpenDriver = async (request) => {
  const { openHttpLoadDriver } = await import('./http/http-load-driver.ts')
  return openHttpLoadDriver({ ...request, url: targetUrlOf(request.address, request.scenario) })
}

/**
 * Drivers that write pre-encoded bytes on sockets, by transport: one line each,
 * imported when it is used. They stand in tables beside the library's.
 */
export const BARE_DRIVERS: Readonly<Record<string, OpenDriver>> = {
  http1: http,
  https1: http,
  'mqtt-qos0': mqtt(4, 0),
  'mqtt-qos1': mqtt(4, 1),
  'mqtt-qos2': mqtt(4, 2),
  'mqtts-qos0': mqtt(4, 0),
  'mqtts-qos1': mqtt(4, 1),
  'mqtts-qos2': mqtt(4, 2),
  'mqtt5-qos0': mqtt(5, 0),
  'mqtt5-qos1': mqtt(5, 1),
  'mqtt5-qos2': mqtt(5, 2),
}
