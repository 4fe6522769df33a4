import { formatCount } from '../../../model/text/format.ts'
import { versionName } from './tls-names.ts'
import { groupName, hybridParts, signatureName, uint, uint16s } from './tls-registry.ts'

const SUPPORTED_GROUPS = 10
const SIGNATURE_ALGORITHMS = 13
const ALPN = 16
export const SUPPORTED_VERSIONS = 43
const SIGNATURE_ALGORITHMS_CERT = 50
const KEY_SHARE = 51

/** Which message has the extension: the same one has another form in each (RFC 8446 §4.2). */
export type ExtensionPlace = 'ClientHello' | 'ServerHello' | 'other'

/** What an extension says, where that is worth reading; undefined where it is not, or has no form that is known. */
export function describeExtension(
  code: number,
  data: Uint8Array,
  place: ExtensionPlace,
): string | undefined {
  switch (code) {
    case SUPPORTED_GROUPS:
      return names(listOf(data, 2), groupName)
    case SIGNATURE_ALGORITHMS:
    case SIGNATURE_ALGORITHMS_CERT:
      return names(listOf(data, 2), signatureName)
    case SUPPORTED_VERSIONS:
      return place === 'ClientHello' ? names(listOf(data, 1), versionName) : chosenVersion(data)
    case KEY_SHARE:
      return place === 'ClientHello' ? offeredShares(data) : chosenShare(data)
    case ALPN:
      return protocols(data)
    default:
      return undefined
  }
}

const names = (codes: number[] | null, nameOf: (code: number) => string): string | undefined =>
  codes?.map(nameOf).join(', ')

/** Numbers of two bytes behind their length; null where they do not fill it. */
function listOf(data: Uint8Array, prefixBytes: 1 | 2): number[] | null {
  const body = data.subarray(prefixBytes)
  if (data.length < prefixBytes || uint(data.subarray(0, prefixBytes)) !== body.length) return null
  return body.length % 2 === 0 ? uint16s(body) : null
}

const chosenVersion = (data: Uint8Array): string | undefined =>
  data.length === 2 ? versionName(uint(data)) : undefined

/** RFC 8446 §4.2.8. */
function offeredShares(data: Uint8Array): string | undefined {
  const said: string[] = []
  let at = 2
  while (at + 4 <= data.length) {
    const lengthBytes = uint(data.subarray(at + 2, at + 4))
    said.push(shareText(uint(data.subarray(at, at + 2)), lengthBytes, 'up'))
    at += 4 + lengthBytes
  }
  return at === data.length && said.length > 0 ? said.join(', ') : undefined
}

/** Of a ServerHello; a HelloRetryRequest has the group alone. */
function chosenShare(data: Uint8Array): string | undefined {
  if (data.length < 2) return undefined
  const group = uint(data.subarray(0, 2))
  return data.length < 4 ? groupName(group) : shareText(group, data.length - 4, 'down')
}

/** `X25519MLKEM768 (1,184 ML-KEM + 32 X25519)`, `X25519 (32)`. */
function shareText(code: number, lengthBytes: number, side: 'up' | 'down'): string {
  const group = groupName(code)
  const parts = hybridParts(group, side, lengthBytes)
  const bytes =
    parts?.map(([name, each]) => `${formatCount(each)} ${name}`).join(' + ') ??
    formatCount(lengthBytes)
  return `${group} (${bytes})`
}

/** RFC 7301 §3.1. */
function protocols(data: Uint8Array): string | undefined {
  const said: string[] = []
  let at = 2
  while (at < data.length) {
    const lengthBytes = data[at] ?? 0
    const name = Buffer.from(data.subarray(at + 1, at + 1 + lengthBytes)).toString('latin1')
    said.push(/^[\x21-\x7e]+$/.test(name) ? name : 'GREASE')
    at += 1 + lengthBytes
  }
  return at === data.length ? said.join(', ') : undefined
}
