import type { ServerAccess } from '../transport.ts'

/** As mqtt-packet takes them: MQTT 3.1.1 §3.1.3.4, §3.1.3.5. */
export function credentialsOf(access: ServerAccess | undefined): {
  username?: string
  password?: Buffer
} {
  const { userName, password } = access?.mqttCredentials ?? {}
  return {
    ...(userName !== undefined && { username: userName }),
    ...(password !== undefined && { password: Buffer.from(password) }),
  }
}
