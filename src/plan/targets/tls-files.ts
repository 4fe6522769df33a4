import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describeSystemError, InstrumentError } from '../../model/errors.ts'
import type { TlsAccess } from '../../transports/transport.ts'
import type { TargetOptions } from '../options.ts'

/**
 * What the flags say of TLS, their files read and understood, so that one that
 * cannot be used is found out before anything is connected to.
 * @throws InstrumentError `usage`, naming flag and file
 */
export async function readTlsAccess({
  ca,
  cert,
  key,
  insecure,
  'server-name': serverName,
  'mqtt-alpn': mqttAlpn,
}: TargetOptions): Promise<TlsAccess> {
  if (serverName !== undefined && !SERVER_NAME.test(serverName)) {
    throw new InstrumentError(
      'usage',
      '--server-name: is no name of a host; write one such as broker.example, without a port',
    )
  }
  if (mqttAlpn !== undefined && !ALPN.test(mqttAlpn)) {
    throw new InstrumentError(
      'usage',
      '--mqtt-alpn: is no name of a protocol; write one of 1 to 255 visible characters, such as x-amzn-mqtt-ca',
    )
  }
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key']
    throw new InstrumentError('usage', `--${given}: is no use alone; give --${missing} FILE too`)
  }
  const authorities = ca === undefined ? undefined : await readPem('ca', ca, readCertificate)
  const client = cert === undefined || key === undefined ? undefined : await readClient(cert, key)
  return {
    verification: insecure ? 'insecure' : 'verified',
    ...(authorities !== undefined && { authorities: authorities.text }),
    ...(client !== undefined && { client }),
    ...(serverName !== undefined && { serverName }),
    ...(mqttAlpn !== undefined && { mqttAlpn }),
  }
}

/** RFC 6066 §3: in ASCII and without the dot at the end. */
const SERVER_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i
/** RFC 7301 §3.1. */
const ALPN = /^[\x21-\x7e]{1,255}$/

async function readClient(certFile: string, keyFile: string): Promise<TlsAccess['client']> {
  const certificate = await readPem('cert', certFile, readCertificate)
  const key = await readPem('key', keyFile, readKey)
  if (!certificate.value.checkPrivateKey(key.value)) {
    throw new InstrumentError('usage', `--key: ${keyFile} is not the key of ${certFile}`)
  }
  return { certificate: certificate.text, key: key.text }
}

const readCertificate = (text: string): X509Certificate => new X509Certificate(text)
const readKey = (text: string): KeyObject => createPrivateKey(text)

const WANTED = {
  ca: 'certificate in PEM',
  cert: 'certificate in PEM',
  key: 'private key in PEM without a passphrase',
} as const

async function readPem<T>(
  flag: keyof typeof WANTED,
  file: string,
  parse: (text: string) => T,
): Promise<{ text: string; value: T }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new InstrumentError('usage', `--${flag}: ${file}: ${describeSystemError(error)}`)
  }
  try {
    return { text, value: parse(text) }
  } catch {
    throw new InstrumentError('usage', `--${flag}: ${file} holds no ${WANTED[flag]}`)
  }
}
