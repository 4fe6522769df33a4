import type { Direction } from '../../../model/vocabulary.ts'

/** A message of the handshake protocol. */
export interface HandshakeType {
  name: string
  clause: string
  /** Who may send it; null: both. */
  sender: Direction | null
  /** Whether it crosses before there are keys. */
  protection: 'plain' | 'protected'
}

type TypeRow = [code: number, name: string, section: string, sender: Direction | null]

function byCode(protection: HandshakeType['protection'], rows: readonly TypeRow[]) {
  return rows.map(([code, name, section, sender]): [number, HandshakeType] => {
    const clause = section.startsWith('RFC') ? section : `RFC 8446 §${section}`
    return [code, { name, clause, sender, protection }]
  })
}

/**
 * RFC 8446 §4, with the one that came later. EndOfEarlyData is missing, as early
 * data is not read.
 */
export const HANDSHAKE_TYPES: ReadonlyMap<number, HandshakeType> = new Map([
  ...byCode('plain', [
    [1, 'ClientHello', '4.1.2', 'up'],
    // HelloRetryRequest is told from it by its random.
    [2, 'ServerHello', '4.1.3', 'down'],
  ]),
  ...byCode('protected', [
    [4, 'NewSessionTicket', '4.6.1', 'down'],
    [8, 'EncryptedExtensions', '4.3.1', 'down'],
    [11, 'Certificate', '4.4.2', null],
    [13, 'CertificateRequest', '4.3.2', 'down'],
    [15, 'CertificateVerify', '4.4.3', null],
    [20, 'Finished', '4.4.4', null],
    [24, 'KeyUpdate', '4.6.3', null],
    [25, 'CompressedCertificate', 'RFC 8879 §4', null],
  ]),
])

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
  65281: 'renegotiation_info',
}

export const EARLY_DATA = 42
export const SUPPORTED_VERSIONS = 43

/** A name that does not vary between connections: the numbers of GREASE do (RFC 8701 §2). */
export function extensionName(code: number): string {
  const isGrease = (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff)
  return EXTENSIONS[code] ?? (isGrease ? 'GREASE' : String(code))
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
  return code >> 8 === 3 && (code & 0xff) > 0
    ? `TLS 1.${(code & 0xff) - 1}`
    : `version 0x${code.toString(16).padStart(4, '0')}`
}
