import { tlsProfileOf } from '../../src/model/tls/profiles.ts'
import { tlsObstacle } from '../../src/transports/tls/profile-obstacle.ts'

/**
 * A Node that speaks the hybrid key exchange: this one, or that which the
 * environment names; null where there is none. Where tools are required, its lack
 * is a failure.
 */
export function newerNode(): string | null {
  const named = process.env.MQTT_VS_HTTP_NEWER_NODE
  const isThis =
    tlsObstacle(tlsProfileOf({ tls: 'browser-2026' }), { protocol: 'http/1.1' }, 'ours') === null
  const found = isThis ? process.execPath : (named ?? null)
  if (found === null && process.env.MQTT_VS_HTTP_REQUIRE_TOOLS !== undefined) {
    throw new Error(
      'MQTT_VS_HTTP_NEWER_NODE names no Node with OpenSSL 3.5, and MQTT_VS_HTTP_REQUIRE_TOOLS asks for it',
    )
  }
  return found
}
