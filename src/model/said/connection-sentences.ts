import { translations } from '../text/language.ts'

const FEWER_FIELDS = {
  what: 'the head of its answer is larger than the 16 KiB that fetch reads (UND_ERR_HEADERS_OVERFLOW)',
  remedy: 'let the server send fewer or shorter header fields',
}
const FEWER_FIELDS_ZH = {
  what: '回應的標頭超過 fetch 所讀的 16 KiB（UND_ERR_HEADERS_OVERFLOW）',
  remedy: '請讓伺服器送較少或較短的標頭欄位',
}

const noHttp1 = (code: string) => ({
  what: `what it answered is no HTTP/1.1 (${code})`,
  remedy: 'check port and scheme of the URL',
})
const noHttp1Zh = (code: string) => ({
  what: `回應不是 HTTP/1.1（${code}）`,
  remedy: '請檢查 URL 的連接埠與協定',
})
const noTls = (code: string) => ({
  what: `what it answered is no TLS (${code})`,
  remedy: 'where that port speaks no TLS, write the URL with http://, mqtt:// or ws://',
})
const noTlsZh = (code: string) => ({
  what: `回應不是 TLS（${code}）`,
  remedy: '該連接埠若不使用 TLS，URL 請寫 http://、mqtt:// 或 ws://',
})

/**
 * What went wrong, by the code of the system, of OpenSSL, or of the HTTP client:
 * none of them is a sentence. What would be right is empty where that is not known.
 */
const CAUSES = translations({
  en: {
    ECONNREFUSED: { what: 'nobody listens there (ECONNREFUSED)', remedy: '' },
    ECONNRESET: { what: 'the other side reset it (ECONNRESET)', remedy: '' },
    EPIPE: { what: 'the other side had closed it already (EPIPE)', remedy: '' },
    ENOTFOUND: {
      what: 'nobody knows that host name (ENOTFOUND)',
      remedy: 'check the name in the URL',
    },
    EHOSTUNREACH: {
      what: 'no way leads to that host (EHOSTUNREACH)',
      remedy: 'check the address in the URL, and the network',
    },
    ENETUNREACH: {
      what: 'no way leads to that network (ENETUNREACH)',
      remedy: 'check the address in the URL, and whether this machine has that version of IP',
    },
    UND_ERR_SOCKET: { what: 'the other side closed it before it had answered', remedy: '' },
    UND_ERR_HEADERS_OVERFLOW: FEWER_FIELDS,
    UND_ERR_HEADERS_TIMEOUT: {
      what: 'no answer came in the time that fetch waits for one',
      remedy: '',
    },
    UND_ERR_BODY_TIMEOUT: { what: 'its answer stopped in the middle', remedy: '' },
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
      what: 'the content of its answer is not as long as its Content-Length says',
      remedy: '',
    },
    HPE_INVALID_CONSTANT: noHttp1('HPE_INVALID_CONSTANT'),
    HPE_INVALID_VERSION: noHttp1('HPE_INVALID_VERSION'),
    ERR_SSL_WRONG_VERSION_NUMBER: noTls('ERR_SSL_WRONG_VERSION_NUMBER'),
    ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls('ERR_SSL_PACKET_LENGTH_TOO_LONG'),
    ERR_SSL_UNEXPECTED_MESSAGE: noTls('ERR_SSL_UNEXPECTED_MESSAGE'),
    // undici takes neither 100 Continue nor 101 where it has not asked for them.
    INTERIM: {
      what: 'it sent an interim answer that fetch does not take (100 Continue or 101 without having been asked)',
      remedy: 'let it answer at once; other transports take it',
    },
  },
  'zh-TW': {
    ECONNREFUSED: { what: '那裡沒有程式在接聽（ECONNREFUSED）', remedy: '' },
    ECONNRESET: { what: '對方重設了連線（ECONNRESET）', remedy: '' },
    EPIPE: { what: '對方已經關閉連線（EPIPE）', remedy: '' },
    ENOTFOUND: { what: '查不到這個主機名稱（ENOTFOUND）', remedy: '請檢查 URL 中的名稱' },
    EHOSTUNREACH: {
      what: '沒有路徑通往該主機（EHOSTUNREACH）',
      remedy: '請檢查 URL 中的位址與網路',
    },
    ENETUNREACH: {
      what: '沒有路徑通往該網路（ENETUNREACH）',
      remedy: '請檢查 URL 中的位址，以及這台機器是否有該版本的 IP',
    },
    UND_ERR_SOCKET: { what: '對方在回應之前就關閉了連線', remedy: '' },
    UND_ERR_HEADERS_OVERFLOW: FEWER_FIELDS_ZH,
    UND_ERR_HEADERS_TIMEOUT: { what: '在 fetch 願意等的時間內沒有回應', remedy: '' },
    UND_ERR_BODY_TIMEOUT: { what: '回應在中途停住了', remedy: '' },
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
      what: '回應的內容長度與它的 Content-Length 不符',
      remedy: '',
    },
    HPE_INVALID_CONSTANT: noHttp1Zh('HPE_INVALID_CONSTANT'),
    HPE_INVALID_VERSION: noHttp1Zh('HPE_INVALID_VERSION'),
    ERR_SSL_WRONG_VERSION_NUMBER: noTlsZh('ERR_SSL_WRONG_VERSION_NUMBER'),
    ERR_SSL_PACKET_LENGTH_TOO_LONG: noTlsZh('ERR_SSL_PACKET_LENGTH_TOO_LONG'),
    ERR_SSL_UNEXPECTED_MESSAGE: noTlsZh('ERR_SSL_UNEXPECTED_MESSAGE'),
    INTERIM: {
      what: '它送了 fetch 不接受的暫時回應（沒有要求就送出 100 Continue 或 101）',
      remedy: '請讓它直接回應；其他傳輸方式可以接受',
    },
  },
})

const OWN_CERTIFICATE = 'give one that its authority has signed with --cert FILE and --key FILE'
const OWN_CERTIFICATE_ZH = '請用 --cert FILE 與 --key FILE 給它信任的憑證機構所簽的憑證'

/** What a server said by an alert (RFC 8446 §6), and what can be done about it. */
const ALERTS = translations({
  en: {
    certificate_required: {
      what: 'it asks for a certificate of the client',
      remedy: 'give one with --cert FILE and --key FILE',
    },
    bad_certificate: {
      what: 'it does not take the client’s certificate',
      remedy: OWN_CERTIFICATE,
    },
    certificate_expired: {
      what: 'the client’s certificate has expired',
      remedy: 'give one that has not with --cert FILE and --key FILE',
    },
    certificate_revoked: {
      what: 'the client’s certificate is revoked',
      remedy: 'give another with --cert FILE and --key FILE',
    },
    certificate_unknown: {
      what: 'it does not take the client’s certificate',
      remedy: OWN_CERTIFICATE,
    },
    unknown_ca: {
      what: 'it does not know the authority of the client’s certificate',
      remedy: OWN_CERTIFICATE,
    },
    access_denied: {
      what: 'the client’s certificate is valid, and not let in',
      remedy: 'let the server’s access rules allow it, or give another with --cert FILE',
    },
    handshake_failure: {
      what: 'nothing that was offered is good enough for it',
      remedy:
        'it may ask for a certificate of the client (--cert FILE, --key FILE) or for other ciphers',
    },
    insufficient_security: {
      what: 'it asks for stronger ciphers than were offered',
      remedy: 'let it take those that were offered',
    },
    no_application_protocol: {
      what: 'it speaks none of the protocols that were offered by ALPN',
      remedy:
        'name a transport that offers what it speaks: https1 offers http/1.1, http2 offers h2',
    },
    unrecognized_name: {
      what: 'it does not know the host name of the URL',
      remedy: 'connect by a name that it serves',
    },
    protocol_version: {
      what: 'it does not speak the version of TLS that was offered',
      remedy: 'turn that version on there',
    },
    unknown_psk_identity: {
      what: 'it does not know the identity of the pre-shared key',
      remedy: 'give it identity and key',
    },
    other: { what: 'it says no more', remedy: 'see the log of the server' },
  },
  'zh-TW': {
    certificate_required: {
      what: '它要求用戶端憑證',
      remedy: '請用 --cert FILE 與 --key FILE 提供',
    },
    bad_certificate: { what: '它不接受用戶端的憑證', remedy: OWN_CERTIFICATE_ZH },
    certificate_expired: {
      what: '用戶端的憑證已過期',
      remedy: '請用 --cert FILE 與 --key FILE 給未過期的憑證',
    },
    certificate_revoked: {
      what: '用戶端的憑證已被撤銷',
      remedy: '請用 --cert FILE 與 --key FILE 給另一張憑證',
    },
    certificate_unknown: { what: '它不接受用戶端的憑證', remedy: OWN_CERTIFICATE_ZH },
    unknown_ca: { what: '它不認得簽發用戶端憑證的憑證機構', remedy: OWN_CERTIFICATE_ZH },
    access_denied: {
      what: '用戶端的憑證有效，但不被允許進入',
      remedy: '請讓伺服器的存取規則允許它，或用 --cert FILE 給另一張憑證',
    },
    handshake_failure: {
      what: '所提議的都不合它的要求',
      remedy: '它可能要求用戶端憑證（--cert FILE、--key FILE）或其他密碼套件',
    },
    insufficient_security: {
      what: '它要求比所提議更強的密碼套件',
      remedy: '請讓它接受所提議的密碼套件',
    },
    no_application_protocol: {
      what: '它不使用 ALPN 所提議的任何協定',
      remedy: '請指定提議它所用協定的傳輸方式：https1 提議 http/1.1，http2 提議 h2',
    },
    unrecognized_name: { what: '它不認得 URL 的主機名稱', remedy: '請用它所服務的名稱連線' },
    protocol_version: { what: '它不使用所提議的 TLS 版本', remedy: '請在伺服器啟用該版本' },
    unknown_psk_identity: {
      what: '它不認得預先共用金鑰的識別碼',
      remedy: '請讓它知道識別碼與金鑰',
    },
    other: { what: '它沒有說明更多', remedy: '請看伺服器的記錄檔' },
  },
})

/** What would be right, by OpenSSL's (and Node's) code of why a certificate does not verify. */
const CERTIFICATE_REMEDIES = translations({
  en: {
    CERT_HAS_EXPIRED: 'renew it',
    CERT_NOT_YET_VALID: 'check the clocks of both machines',
    ERR_TLS_CERT_ALTNAME_INVALID:
      'connect by a name that stands in it, or give that with --server-name',
    named:
      'its authority is none of those that were given to be trusted; give the right one with --ca FILE',
    system: 'give the certificate of its authority with --ca FILE, or in NODE_EXTRA_CA_CERTS',
  },
  'zh-TW': {
    CERT_HAS_EXPIRED: '請更新憑證',
    CERT_NOT_YET_VALID: '請檢查兩台機器的時鐘',
    ERR_TLS_CERT_ALTNAME_INVALID: '請用憑證裡有的名稱連線，或用 --server-name 指定',
    named: '它的憑證機構不在所給的信任之列；請用 --ca FILE 給正確的',
    system: '請用 --ca FILE 或 NODE_EXTRA_CA_CERTS 給它的憑證機構的憑證',
  },
})

/** Why a certificate does not verify, in words of ours: OpenSSL and Node say it in English. */
const CERTIFICATE_FAULTS = {
  CERT_CHAIN_TOO_LONG: '憑證鏈太長',
  CERT_HAS_EXPIRED: '憑證已過期',
  CERT_NOT_YET_VALID: '憑證尚未生效',
  CERT_REJECTED: '憑證被拒絕',
  CERT_REVOKED: '憑證已被撤銷',
  CERT_SIGNATURE_FAILURE: '憑證的簽章不正確',
  CERT_UNTRUSTED: '憑證不受信任',
  DEPTH_ZERO_SELF_SIGNED_CERT: '憑證是自簽的',
  ERR_TLS_CERT_ALTNAME_INVALID: '憑證中沒有所連線的名稱',
  INVALID_CA: '簽發者不是憑證機構',
  INVALID_PURPOSE: '憑證不可用於這個用途',
  SELF_SIGNED_CERT_IN_CHAIN: '憑證鏈中有自簽的憑證',
  UNABLE_TO_GET_ISSUER_CERT: '找不到簽發者的憑證',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: '這裡沒有簽發者的憑證',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: '無法驗證第一張憑證的簽章',
}

export type CauseCode = keyof typeof CAUSES.en
export type CertificateRemedy = keyof typeof CERTIFICATE_REMEDIES.en

export const isCause = (code: string): code is CauseCode => Object.hasOwn(CAUSES.en, code)
/** Whether anything would be right that is known. */
export const hasRemedy = (code: CauseCode): boolean => CAUSES.en[code].remedy !== ''
export const isCertificateRemedy = (code: string): code is CertificateRemedy =>
  Object.hasOwn(CERTIFICATE_REMEDIES.en, code)

type Alert = keyof typeof ALERTS.en
const alertOf = (name: string): Alert =>
  Object.hasOwn(ALERTS.en, name) ? (name as Alert) : 'other'

/** Of a newer version, whose codes are not known here. */
const known = <Row>(table: Readonly<Record<string, Row>>, code: string): Row | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined

export interface Unoffered {
  place: string
  version: string
  profile: string
  offer: string
  code: string
}

/** Why a connection did not come to be, or did not last. */
export const CONNECTION_SENTENCES = translations({
  en: {
    withRemedy: ({ what, remedy }: { what: string; remedy: string }) => `${what}; ${remedy}`,
    cause: ({ code }: { code: string }) => known(CAUSES.en, code)?.what ?? code,
    causeRemedy: ({ code }: { code: string }) => known(CAUSES.en, code)?.remedy ?? code,
    cannotConnect: ({ place, why }: { place: string; why: string }) =>
      `cannot connect to ${place}: ${why}`,
    connectionEnded: ({ place, why }: { place: string; why: string }) =>
      `the connection to ${place} ended: ${why}`,
    connectionClosed: ({ place }: { place: string }) =>
      `the connection to ${place} was closed by this side; connect again to send`,
    cannotListen: ({ host, why }: { host: string; why: string }) =>
      `cannot listen on ${host}: ${why}`,
    ownAddress: () => 'give an address of this machine, such as 127.0.0.1',
    serverIsUp: ({ protocol }: { protocol: string }) =>
      `check that the server is up and speaks ${protocol}`,
    othersClosed: () => 'the other side closed it',
    asOutOfFiles: ({ why, files }: { why: string; files: string }) =>
      `${why}, as a server does that has ${files}`,
    stoppedEarly: ({ why }: { why: string }) => `stopped before it was done: ${why}`,
    noPort: ({ address }: { address: string }) =>
      `the address ${address} names no port; write ${address}:PORT`,
    otherScheme: ({ id, address, scheme }: Record<'id' | 'address' | 'scheme', string>) =>
      `${id} cannot connect to ${address}; its addresses start with ${scheme}//`,
    unheard: ({ protocol, url }: { protocol: 'TLS' | 'clear'; url: string }) =>
      `it said nothing before: check the port; where that speaks ${protocol === 'TLS' ? 'TLS' : 'no TLS'}, write ${url}`,
    unheardInTls: () =>
      'behind the handshake of TLS it said nothing: where it asks for a certificate of the client, give one with --cert FILE and --key FILE',
    unheardInMqtts: () =>
      'behind the handshake of TLS it said nothing: where it asks for a certificate of the client, give one with --cert FILE and --key FILE, or for a protocol by ALPN, name it with --mqtt-alpn',
    tlsAlert: ({ place, alert }: { place: string; alert: string }) =>
      `${place} ended TLS with the alert ${alert} (RFC 8446 §6.2): ${ALERTS.en[alertOf(alert)].what}; ${ALERTS.en[alertOf(alert)].remedy}`,
    alert: ({ alert }: { alert: string }) =>
      `alert ${alert}: ${ALERTS.en[alertOf(alert)].what}; ${ALERTS.en[alertOf(alert)].remedy}`,
    closedInHandshake: () => 'it closed during the handshake',
    noTicket: () => 'it sent no session ticket',
    notResumed: ({ place }: { place: string }) =>
      `${place} did not resume the TLS session that it had given; measure it in full instead`,
    untrusted: ({ place, why }: { place: string; why: string }) =>
      `the certificate of ${place} does not verify: ${why}`,
    certificateFault: ({ text, code }: { text: string; code: string }) => `${text} (${code})`,
    certificateRemedy: ({ code }: { code: string }) => known(CERTIFICATE_REMEDIES.en, code) ?? code,
    otherTlsVersion: ({ place, version, code }: Unoffered) =>
      `${place} does not speak TLS ${version} (${code})`,
    takesNoOffer: ({ place, profile, offer, code }: Unoffered) =>
      `${place} takes nothing of what TLS profile ${profile} offers (${offer}) (${code})`,
    takesNoOfferOrAsks: ({ place, profile, offer, code }: Unoffered) =>
      `${place} takes nothing of what TLS profile ${profile} offers (${offer}), or asks for a certificate of the client (${code})`,
    otherProfile: ({ version }: { version: string }) =>
      `measure it with another profile, such as --tls ${version === '1.2' ? 'device' : 'device-1.2, or browser-2026 with its further groups'}`,
    certificateOrOtherProfile: () =>
      'give one with --cert FILE and --key FILE, or measure it with another profile, such as --tls device',
  },
  'zh-TW': {
    withRemedy: ({ what, remedy }) => `${what}；${remedy}`,
    cause: ({ code }) => known(CAUSES['zh-TW'], code)?.what ?? code,
    causeRemedy: ({ code }) => known(CAUSES['zh-TW'], code)?.remedy ?? code,
    cannotConnect: ({ place, why }) => `無法連線到 ${place}：${why}`,
    connectionEnded: ({ place, why }) => `與 ${place} 的連線中斷：${why}`,
    connectionClosed: ({ place }) => `與 ${place} 的連線已由這一端關閉；要傳送請重新連線`,
    cannotListen: ({ host, why }) => `無法在 ${host} 上接聽：${why}`,
    ownAddress: () => '請給這台機器的位址，例如 127.0.0.1',
    serverIsUp: ({ protocol }) => `請檢查伺服器是否已啟動並使用 ${protocol}`,
    othersClosed: () => '對方關閉了連線',
    asOutOfFiles: ({ why, files }) => `${why}，伺服器遇到下述情況時就會這樣：${files}`,
    stoppedEarly: ({ why }) => `完成之前就中止了：${why}`,
    noPort: ({ address }) => `位址 ${address} 沒有連接埠；請寫 ${address}:PORT`,
    otherScheme: ({ id, address, scheme }) =>
      `${id} 無法連線到 ${address}；它的位址以 ${scheme}// 開頭`,
    unheard: ({ protocol, url }) =>
      `在此之前它什麼也沒說：請檢查連接埠；若它${protocol === 'TLS' ? '使用' : '不使用'} TLS，請寫 ${url}`,
    unheardInTls: () =>
      'TLS 交握之後它什麼也沒說：若它要求用戶端憑證，請用 --cert FILE 與 --key FILE 提供',
    unheardInMqtts: () =>
      'TLS 交握之後它什麼也沒說：若它要求用戶端憑證，請用 --cert FILE 與 --key FILE 提供；若它要求 ALPN 的協定，請用 --mqtt-alpn 指定',
    tlsAlert: ({ place, alert }) =>
      `${place} 以警示 ${alert} 結束 TLS（RFC 8446 §6.2）：${ALERTS['zh-TW'][alertOf(alert)].what}；${ALERTS['zh-TW'][alertOf(alert)].remedy}`,
    alert: ({ alert }) =>
      `警示 ${alert}：${ALERTS['zh-TW'][alertOf(alert)].what}；${ALERTS['zh-TW'][alertOf(alert)].remedy}`,
    closedInHandshake: () => '它在交握期間關閉了連線',
    noTicket: () => '它沒有送出工作階段票證',
    notResumed: ({ place }) => `${place} 沒有恢復它自己給的 TLS 工作階段；請改為測量完整交握`,
    untrusted: ({ place, why }) => `${place} 的憑證無法通過驗證：${why}`,
    certificateFault: ({ text, code }) => {
      const fault = known(CERTIFICATE_FAULTS, code)
      const [, names = ''] = /in the cert's (?:altnames|list): (.*)$/.exec(text) ?? []
      return `${fault ?? `（原文）${text}`}（${code}${names === '' ? '' : `，它有 ${names}`}）`
    },
    certificateRemedy: ({ code }) => known(CERTIFICATE_REMEDIES['zh-TW'], code) ?? code,
    otherTlsVersion: ({ place, version, code }) => `${place} 不使用 TLS ${version}（${code}）`,
    takesNoOffer: ({ place, profile, offer, code }) =>
      `${place} 不接受 TLS 設定檔 ${profile} 所提議的任何一項（${offer}）（${code}）`,
    takesNoOfferOrAsks: ({ place, profile, offer, code }) =>
      `${place} 不接受 TLS 設定檔 ${profile} 所提議的任何一項（${offer}），或要求用戶端憑證（${code}）`,
    otherProfile: ({ version }) =>
      `請用另一個設定檔測量，例如 --tls ${version === '1.2' ? 'device' : 'device-1.2，或帶有更多群組的 browser-2026'}`,
    certificateOrOtherProfile: () =>
      '請用 --cert FILE 與 --key FILE 提供，或用另一個設定檔測量，例如 --tls device',
  },
})
