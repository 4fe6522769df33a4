import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describeSystemError } from '../../model/errors.ts'
import { catalogue } from '../../model/text/language.ts'
import type { TlsAccess } from '../../transports/transport.ts'
import type { TargetOptions } from '../options.ts'
import { usage } from '../usage.ts'

const say = catalogue({
  en: {
    serverName:
      '--server-name: is no name of a host; write one such as broker.example, without a port',
    alpn: '--mqtt-alpn: is no name of a protocol; write one of 1 to 255 visible characters, such as x-amzn-mqtt-ca',
    alone: (given: string, missing: string) =>
      `--${given}: is no use alone; give --${missing} FILE too`,
    notItsKey: (keyFile: string, certFile: string) =>
      `--key: ${keyFile} is not the key of ${certFile}`,
    unreadable: (flag: string, file: string, why: string) => `--${flag}: ${file}: ${why}`,
    holdsNo: {
      ca: (file: string) => `--ca: ${file} holds no certificate in PEM`,
      cert: (file: string) => `--cert: ${file} holds no certificate in PEM`,
      key: (file: string) => `--key: ${file} holds no private key in PEM without a passphrase`,
    },
  },
  'zh-TW': {
    serverName: '--server-name：不是主機名稱；請寫成 broker.example 這樣，不含連接埠',
    alpn: '--mqtt-alpn：不是協定名稱；請給 1 至 255 個可見字元，例如 x-amzn-mqtt-ca',
    alone: (given, missing) => `--${given}：單獨給沒有作用；請一併給 --${missing} FILE`,
    notItsKey: (keyFile, certFile) => `--key：${keyFile} 不是 ${certFile} 的金鑰`,
    unreadable: (flag, file, why) => `--${flag}：${file}：${why}`,
    holdsNo: {
      ca: (file) => `--ca：${file} 中沒有 PEM 格式的憑證`,
      cert: (file) => `--cert：${file} 中沒有 PEM 格式的憑證`,
      key: (file) => `--key：${file} 中沒有 PEM 格式且不需密語的私鑰`,
    },
  },
})

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
  if (serverName !== undefined && !SERVER_NAME.test(serverName)) throw usage(say.serverName)
  if (mqttAlpn !== undefined && !ALPN.test(mqttAlpn)) throw usage(say.alpn)
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] =
      cert === undefined ? (['key', 'cert'] as const) : (['cert', 'key'] as const)
    throw usage(say.alone(given, missing))
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
  if (!certificate.value.checkPrivateKey(key.value)) throw usage(say.notItsKey(keyFile, certFile))
  return { certificate: certificate.text, key: key.text }
}

const readCertificate = (text: string): X509Certificate => new X509Certificate(text)
const readKey = (text: string): KeyObject => createPrivateKey(text)

async function readPem<T>(
  flag: 'ca' | 'cert' | 'key',
  file: string,
  parse: (text: string) => T,
): Promise<{ text: string; value: T }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw usage(say.unreadable(flag, file, describeSystemError(error)))
  }
  try {
    return { text, value: parse(text) }
  } catch {
    throw usage(say.holdsNo[flag](file))
  }
}
