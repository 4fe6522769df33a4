import { mosquitto, mosquittoTls, type StartOddServer } from './kit.ts'

/** Asks for a certificate of the client, and says so by an alert. */
export const start: StartOddServer = (identities) =>
  mosquitto(
    ...mosquittoTls(identities),
    `cafile ${identities.authority}`,
    'require_certificate true',
  )
