import { translations } from '../text/language.ts'

const CREDENTIALS = 'check user name, password and client id'
const CREDENTIALS_ZH = '請檢查使用者名稱、密碼與用戶端識別碼'
const OTHER_CLIENT_ID = 'give another with --client-id'
const OTHER_CLIENT_ID_ZH = '請用 --client-id 給另一個'
const OTHER_SERVER = 'give the URL of the server that it means with --mqtt-url'
const OTHER_SERVER_ZH = '請用 --mqtt-url 給它所指的伺服器的 URL'
const SLOWER = 'send less often with --max-rate, or raise its limit'
const SLOWER_ZH = '請用 --max-rate 送得慢一些，或調高它的上限'
const SMALLER = 'send a smaller payload, or raise its limit (Mosquitto: max_packet_size)'
const SMALLER_ZH = '請送較小的負載，或調高它的上限（Mosquitto：max_packet_size）'
const OTHER_VERSION =
  'name transports of the version that it speaks: mqtt-… are 3.1.1, mqtt5-… are 5'
const OTHER_VERSION_ZH = '請指定它所用版本的傳輸方式：mqtt-… 是 3.1.1，mqtt5-… 是 5'
const WHEN_UP = 'try again when it is up'
const WHEN_UP_ZH = '請在它啟動後再試一次'

/** What can be done about a Reason Code of MQTT 5 (§2.4), whichever packet has it. */
export const REASON_REMEDIES = translations({
  en: {
    132: OTHER_VERSION,
    133: OTHER_CLIENT_ID,
    134: CREDENTIALS,
    136: WHEN_UP,
    137: 'try again when it has less to do',
    138: 'let it take this client id and this address again',
    139: WHEN_UP,
    140: CREDENTIALS,
    141: 'a ping came too late for it: give it a longer keep-alive',
    142: 'another client has the same client id; give one of our own with --client-id',
    143: 'give topics that it takes with --topic-prefix',
    144: 'give a topic that it takes with --topic-prefix',
    147: 'it was sent more at once than its Receive Maximum; send less at once',
    148: 'name a transport without topic alias',
    149: SMALLER,
    150: SLOWER,
    151: 'raise its quota, or send less',
    153: 'give it the payload format that it wants',
    155: 'name a transport of a lower QoS',
    156: OTHER_SERVER,
    157: OTHER_SERVER,
    159: 'connect less often, or raise its limit',
  },
  'zh-TW': {
    132: OTHER_VERSION_ZH,
    133: OTHER_CLIENT_ID_ZH,
    134: CREDENTIALS_ZH,
    136: WHEN_UP_ZH,
    137: '請在它不忙時再試一次',
    138: '請讓它重新接受這個用戶端識別碼與位址',
    139: WHEN_UP_ZH,
    140: CREDENTIALS_ZH,
    141: '心跳來得太晚：請給它較長的 keep-alive',
    142: '另一個用戶端有相同的識別碼；請用 --client-id 給自己的',
    143: '請用 --topic-prefix 給它接受的主題',
    144: '請用 --topic-prefix 給它接受的主題',
    147: '一次送給它的超過它的 Receive Maximum；請一次少送一些',
    148: '請指定不用主題別名的傳輸方式',
    149: SMALLER_ZH,
    150: SLOWER_ZH,
    151: '請調高它的配額，或少送一些',
    153: '請給它所要的負載格式',
    155: '請指定 QoS 較低的傳輸方式',
    156: OTHER_SERVER_ZH,
    157: OTHER_SERVER_ZH,
    159: '請連線得少一些，或調高它的上限',
  },
})

/** §3.2.2.3 of 3.1.1. */
export const RETURN_CODE_REMEDIES = translations({
  en: {
    1: OTHER_VERSION,
    2: OTHER_CLIENT_ID,
    3: WHEN_UP,
    4: CREDENTIALS,
    5: CREDENTIALS,
  },
  'zh-TW': {
    1: OTHER_VERSION_ZH,
    2: OTHER_CLIENT_ID_ZH,
    3: WHEN_UP_ZH,
    4: CREDENTIALS_ZH,
    5: CREDENTIALS_ZH,
  },
})

/** Not authorized: which access rule is meant depends on what was done last. */
export const ACCESS_REMEDIES = translations({
  en: {
    connect: CREDENTIALS,
    publish: 'let its access rules allow this user to publish there',
    subscribe:
      'let its access rules allow this user to read there, or measure without who tells of arrivals: --arrivals untold',
    other: 'let its access rules allow this user what it did last',
  },
  'zh-TW': {
    connect: CREDENTIALS_ZH,
    publish: '請讓它的存取規則允許這個使用者發布到該主題',
    subscribe: '請讓它的存取規則允許這個使用者讀取該主題，或不測量到達：--arrivals untold',
    other: '請讓它的存取規則允許這個使用者剛才所做的事',
  },
})

/** What can be done about an answer that says no (RFC 9110 §15.5, §15.6). */
export const STATUS_REMEDIES = translations({
  en: {
    401: 'give credentials in the URL, the environment or a header Authorization',
    403: 'let its access rules allow it',
    404: 'give the path that takes readings in the URL',
    405: 'let that path take the method, give another in http.request.method of the scenario, or another path in the URL',
    407: 'that is a proxy: give the URL of the server itself',
    413: 'send a smaller payload, or raise its limit',
    415: 'give the payload the Content-Type that it wants (payload.contentType of the scenario)',
    429: SLOWER,
  },
  'zh-TW': {
    401: '請在 URL、環境變數或 Authorization 標頭給帳號密碼',
    403: '請讓它的存取規則允許',
    404: '請在 URL 給接收讀數的路徑',
    405: '請讓該路徑接受這個方法，或在情境的 http.request.method 給另一個，或在 URL 給另一個路徑',
    407: '那是代理：請給伺服器本身的 URL',
    413: '請送較小的負載，或調高它的上限',
    415: '請給負載它所要的 Content-Type（情境的 payload.contentType）',
    429: SLOWER_ZH,
  },
})

/** Where another protocol answered than the URL says. */
export const OTHER_PROTOCOL_REMEDIES = translations({
  en: {
    port: 'check the port of the URL',
    broker: 'that is a broker: give it with --mqtt-url',
    mqttPort:
      'give the port that speaks MQTT (1883 as a rule), or write ws:// for a listener of WebSockets',
    http1: 'name a transport of HTTP/1.1 such as http1, or let that port speak HTTP/2 in the clear',
    other: 'name a transport that speaks it',
  },
  'zh-TW': {
    port: '請檢查 URL 的連接埠',
    broker: '那是代理伺服器：請用 --mqtt-url 指定',
    mqttPort: '請給使用 MQTT 的連接埠（通常是 1883），或為 WebSocket 的接聽處寫 ws://',
    http1: '請指定 HTTP/1.1 的傳輸方式，例如 http1，或讓該連接埠以明文使用 HTTP/2',
    other: '請指定使用它的傳輸方式',
  },
})

export const hasReasonRemedy = (code: number): boolean => Object.hasOwn(REASON_REMEDIES.en, code)
export const hasReturnCodeRemedy = (code: number): boolean =>
  Object.hasOwn(RETURN_CODE_REMEDIES.en, code)
export type Refused = keyof typeof ACCESS_REMEDIES.en
export type OtherProtocolRemedy = keyof typeof OTHER_PROTOCOL_REMEDIES.en
