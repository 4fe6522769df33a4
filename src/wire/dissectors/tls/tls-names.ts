import type { Direction } from '../../../model/vocabulary.ts'
import { hexCode, isGrease } from './tls-registry.ts'

/** What a ServerHello has decided; shared by what reads the two directions after it. */
export interface Negotiated {
  /** Null before there is a ServerHello. */
  version: TlsVersion | null
  /** As the registry names it. */
  suite: string | null
}

/** Of which the records are read. */
export type TlsVersion = '1.2' | '1.3'

export const VERSION_CODES: Readonly<Record<number, TlsVersion>> = { 771: '1.2', 772: '1.3' }

/** A message of the handshake protocol. */
export interface HandshakeType {
  name: string
  clause: string
  /** Who may send it; null: both. */
  sender: Direction | null
  /** Whether it crosses before there are keys. */
  protection: 'plain' | 'protected'
}

type TypeRow = [code: number, name: string, clause: string, sender: Direction | null]

function byCode(protection: HandshakeType['protection'], rows: readonly TypeRow[]) {
  return rows.map(([code, name, clause, sender]): [number, HandshakeType] => [
    code,
    { name, clause, sender, protection },
  ])
}

/** HelloRetryRequest is told from a ServerHello by its random. */
const HELLOS = byCode('plain', [
  [1, 'ClientHello', 'RFC 8446 §4.1.2', 'up'],
  [2, 'ServerHello', 'RFC 8446 §4.1.3', 'down'],
])

/** RFC 8446 §4, with the one that came later. EndOfEarlyData is missing, as early data is not read. */
const TYPES_1_3: ReadonlyMap<number, HandshakeType> = new Map([
  ...HELLOS,
  ...byCode('protected', [
    [4, 'NewSessionTicket', 'RFC 8446 §4.6.1', 'down'],
    // A client has some too where both have agreed on ALPS (draft-vvv-tls-alps).
    [8, 'EncryptedExtensions', 'RFC 8446 §4.3.1', null],
    [11, 'Certificate', 'RFC 8446 §4.4.2', null],
    [13, 'CertificateRequest', 'RFC 8446 §4.3.2', 'down'],
    [15, 'CertificateVerify', 'RFC 8446 §4.4.3', null],
    [20, 'Finished', 'RFC 8446 §4.4.4', null],
    [24, 'KeyUpdate', 'RFC 8446 §4.6.3', null],
    [25, 'CompressedCertificate', 'RFC 8879 §4', null],
  ]),
])

/** RFC 5246 §7.4, with what came later. */
const TYPES_1_2: ReadonlyMap<number, HandshakeType> = new Map([
  ...HELLOS,
  ...byCode('plain', [
    [4, 'NewSessionTicket', 'RFC 5077 §3.3', 'down'],
    [11, 'Certificate', 'RFC 5246 §7.4.2', null],
    [12, 'ServerKeyExchange', 'RFC 5246 §7.4.3', 'down'],
    [13, 'CertificateRequest', 'RFC 5246 §7.4.4', 'down'],
    [14, 'ServerHelloDone', 'RFC 5246 §7.4.5', 'down'],
    [15, 'CertificateVerify', 'RFC 5246 §7.4.8', 'up'],
    [16, 'ClientKeyExchange', 'RFC 5246 §7.4.7', 'up'],
    [22, 'CertificateStatus', 'RFC 6066 §8', 'down'],
  ]),
  ...byCode('protected', [[20, 'Finished', 'RFC 5246 §7.4.9', null]]),
])

/** Before there is a version, only hellos can come: those of TLS 1.3 are told apart from what is too early. */
export const handshakeTypesOf = (version: TlsVersion | null): ReadonlyMap<number, HandshakeType> =>
  version === '1.2' ? TYPES_1_2 : TYPES_1_3

/** The registry of extensions (RFC 8446 §4.2, RFC 8447), as far as clients and servers send them. */
const EXTENSIONS: Readonly<Record<number, string>> = {
  0: 'server_name',
  1: 'max_fragment_length',
  5: 'status_request',
  10: 'supported_groups',
  11: 'ec_point_formats',
  13: 'signature_algorithms',
  16: 'application_layer_protocol_negotiation',
  18: 'signed_certificate_timestamp',
  21: 'padding',
  22: 'encrypt_then_mac',
  23: 'extended_master_secret',
  27: 'compress_certificate',
  28: 'record_size_limit',
  35: 'session_ticket',
  41: 'pre_shared_key',
  42: 'early_data',
  43: 'supported_versions',
  44: 'cookie',
  45: 'psk_key_exchange_modes',
  47: 'certificate_authorities',
  49: 'post_handshake_auth',
  50: 'signature_algorithms_cert',
  51: 'key_share',
  17513: 'application_settings',
  17613: 'application_settings',
  65281: 'renegotiation_info',
}

export const EARLY_DATA = 42

/** A name that does not vary between connections: the numbers of GREASE do (RFC 8701 §2). */
export function extensionName(code: number): string {
  return EXTENSIONS[code] ?? (isGrease(code) ? 'GREASE' : String(code))
}

/** RFC 8446 §6. */
const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
}

export const alertName = (code: number): string => ALERTS[code] ?? `alert ${code}`

/** What `legacy_version` stands for where no extension says otherwise. */
export function versionName(code: number): string {
  if (isGrease(code)) return 'GREASE'
  return code >> 8 === 3 && (code & 0xff) > 0
    ? `TLS 1.${(code & 0xff) - 1}`
    : `version ${hexCode(code)}`
}
