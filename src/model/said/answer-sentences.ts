import { translations } from '../text/language.ts'
import { REASON_PHRASES } from '../wire/mqtt-reason-phrases.ts'
import { type MqttMeaning, reasonOf, returnCodeOf } from '../wire/mqtt-reasons.ts'
import {
  ACCESS_REMEDIES,
  OTHER_PROTOCOL_REMEDIES,
  REASON_REMEDIES,
  RETURN_CODE_REMEDIES,
  STATUS_REMEDIES,
} from './remedies.ts'

const inChinese = (meaning: MqttMeaning | undefined): string =>
  meaning === undefined ? '不明的原因' : REASON_PHRASES[meaning]

/** Of tables by number; a newer version may have kept one that is not known here. */
const at = <Row>(table: Readonly<Record<number, Row>>, code: number): Row | undefined => table[code]
const by = (table: Readonly<Record<string, string>>, name: string): string => table[name] ?? name

export interface RefusedConnect {
  place: string
  meaning: string
  code: string
  clause: string
}

export interface RefusedPublish {
  place: string
  topic: string
  meaning: string
  answer: string
}

export interface Granted {
  place: string
  topic: string
  qos: number
}

export interface Answered {
  method: string
  path: string
  place: string
  status: number
}

/** How brokers and servers say no, or something else than was awaited. */
export const ANSWER_SENTENCES = translations({
  en: {
    mqttReason: ({ code }: { code: number }) => reasonOf(code) ?? 'an unknown reason',
    mqttReturnCode: ({ code }: { code: number }) => returnCodeOf(code) ?? 'an unknown reason',
    noReason: () => 'it gives no reason',
    withCode: ({ meaning, code }: { meaning: string; code: string }) => `${meaning} (${code})`,
    reasonString: ({ meaning, text }: { meaning: string; text: string }) => `${meaning}, “${text}”`,
    serverReference: ({ meaning, server }: { meaning: string; server: string }) =>
      `${meaning}, which is ${server}`,
    reasonRemedy: ({ code }: { code: number }) => at(REASON_REMEDIES.en, code) ?? String(code),
    returnCodeRemedy: ({ code }: { code: number }) =>
      at(RETURN_CODE_REMEDIES.en, code) ?? String(code),
    accessRemedy: ({ refused }: { refused: string }) => by(ACCESS_REMEDIES.en, refused),
    refusedConnect: ({ place, meaning, code, clause }: RefusedConnect) =>
      `${place} refused the connection: ${meaning} (CONNACK ${code}, ${clause})`,
    refusedPublish: ({ place, topic, meaning, answer }: RefusedPublish) =>
      `${place} refused a message to ${topic === '' ? 'its topic' : topic}: ${meaning} (${answer}, MQTT 5.0 §3.4.2.1)`,
    grantedLess: ({
      place,
      topic,
      qos,
      granted,
      version,
    }: Granted & { granted: number; version: string }) =>
      `${place} granted QoS ${granted} to ${topic}, not QoS ${qos} (SUBACK ${granted}, MQTT ${version} §3.9.3)`,
    grantedLessRemedy: ({ granted }: { granted: number }) =>
      `name a transport of QoS ${granted}, or measure without who tells of arrivals: --arrivals untold`,
    grantedNone: ({ place, topic, qos }: Granted) =>
      `${place} granted no subscription to ${topic}, not QoS ${qos}`,
    grantedNoneFor: ({ place, topic, qos, why }: Granted & { why: string }) =>
      `${place} granted no subscription to ${topic}, not QoS ${qos}: ${why}`,
    saysNotWhy: () => 'it does not say why',
    untoldRemedy: () => 'or measure without who tells of arrivals: --arrivals untold',
    readRemedy: () =>
      'as a rule an access rule: let it allow this user to read there, or measure without who tells of arrivals: --arrivals untold',
    brokerEnded: ({ place, meaning, code }: Record<'place' | 'meaning' | 'code', string>) =>
      `${place} ended the connection: ${meaning} (DISCONNECT ${code}, MQTT 5.0 §3.14.2.1)`,
    mostQos: ({ place, qos }: { place: string; qos: number }) =>
      `${place} takes QoS ${qos} at most (CONNACK, MQTT 5.0 §3.2.2.3.4); name a transport of QoS ${qos}`,
    noRetain: ({ place }: { place: string }) =>
      `${place} keeps no messages (CONNACK, MQTT 5.0 §3.2.2.3.5); leave mqtt.retain out`,
    mostPacketBytes: ({ place, most, size }: Record<'place' | 'most' | 'size', string>) =>
      `${place} takes packets of ${most} bytes at most (CONNACK, MQTT 5.0 §3.2.2.3.6), and a message is ${size}; send a smaller payload, or raise its limit`,
    noTopicAlias: ({ place }: { place: string }) =>
      `${place} allows no topic alias; set its maximum to 1 or more (Mosquitto: max_topic_alias)`,
    noPacketId: ({ place, most }: { place: string; most: number }) =>
      `${place} has acknowledged none of the last ${most} messages; no packet id is free`,
    answerToConnect: ({ packet }: { packet: string }) => `the answer to CONNECT was ${packet}`,
    strangePuback: ({ id }: { id: number }) =>
      `a PUBACK for packet id ${id}, which is not in flight`,
    noAcknowledgement: ({ bytes }: { bytes: string }) =>
      `${bytes} begins neither a PUBACK nor a PINGRESP`,
    speaksOther: ({ place, spoken, awaited }: Record<'place' | 'spoken' | 'awaited', string>) =>
      `${place} speaks ${spoken}, not ${awaited}`,
    speaksOtherAnswered: ({
      place,
      spoken,
      awaited,
      line,
    }: Record<'place' | 'spoken' | 'awaited' | 'line', string>) =>
      `${place} speaks ${spoken}, not ${awaited} (it answered “${line}”)`,
    otherProtocolRemedy: ({ remedy }: { remedy: string }) => by(OTHER_PROTOCOL_REMEDIES.en, remedy),
    writeScheme: ({ scheme }: { scheme: string }) => `write ${scheme}//`,
    notUpgraded: ({ path, place, status }: Omit<Answered, 'method'>) =>
      `GET ${path} at ${place} was answered ${status}, where 101 opens a WebSocket`,
    upgradeCredentials: () => 'give credentials in a header Authorization',
    upgradePath: () => 'give the path of its listener of WebSockets in the URL (/mqtt as a rule)',
    answeredStatus: ({ method, path, place, status }: Answered) =>
      `${method} ${path} at ${place} was answered ${status}`,
    answeredNot: ({ method, path, place, status, awaited }: Answered & { awaited: string }) =>
      `${method} ${path} at ${place} was answered ${status}, not ${awaited}`,
    statesClosed: ({ path, place, status }: Omit<Answered, 'method'>) =>
      `POST ${path} at ${place} was answered ${status}: no device has its stream open`,
    commandNot204: ({ path, place, status }: Omit<Answered, 'method'>) =>
      `POST ${path} at ${place} was answered ${status}: it should be 204`,
    awaitedMessage: () => '200 or 204',
    awaitedStream: ({ type }: { type: string }) => `200 with ${type}`,
    statusOfScenario: ({ status }: { status: number }) =>
      `http.response.status of the scenario is ${status}`,
    statusRemedy: ({ status }: { status: number }) =>
      at(STATUS_REMEDIES.en, status) ?? 'only an answer below 400 completes a message',
    badRequestInClear: () =>
      'only an answer below 400 completes a message; where that port speaks TLS, write https://',
    badRequestInTls: () =>
      'only an answer below 400 completes a message; where it asks for a certificate of the client, give one with --cert FILE and --key FILE',
    tooManyRedirects: ({ method, path, place, most }: Redirected & { most: number }) =>
      `${method} ${path} at ${place} leads on after ${most} redirects; give the place itself with --http-url`,
    redirectNowhere: ({ method, path, place, status }: Answered) =>
      `${method} ${path} at ${place} was answered ${status} with a Location that is no URL; give the place itself with --http-url`,
    redirectGets: ({ method, path, place, status, to }: Answered & { to: string }) =>
      `${method} ${path} at ${place} was answered ${status}, where a client makes a GET of a ${method} (RFC 9110 §15.4), so that no message would arrive at ${to}; give that with --http-url`,
    redirectElsewhere: ({ method, path, place, status, to }: Answered & { to: string }) =>
      `${method} ${path} at ${place} was answered ${status} and leads to another server, ${to}; give that with --http-url`,
    redirectHop: ({ status, path }: { status: number; path: string }) => `${status} to ${path}`,
    noHttp2: ({ place }: { place: string }) =>
      `${place} does not agree to speak HTTP/2; let its server offer h2 by ALPN`,
    noHttp1: ({ place }: { place: string }) => `${place} does not answer in HTTP/1.1`,
    strangeAnswer: () => 'an answer came that nobody asked for',
    eventsEnded: () => 'the server ended the event stream',
    overBeforeSent: () => 'the connection was over before the request was sent',
    countsDiffer: ({
      messages,
      requests,
      answers,
    }: Record<'messages' | 'requests' | 'answers', number>) =>
      `${messages} messages, but ${requests} requests and ${answers} answers`,
    goaway: () => 'the server said GOAWAY',
    goawayWith: ({ error }: { error: string }) =>
      `the server said GOAWAY with ${error} (RFC 9113 §7)`,
    streamReset: ({ error }: { error: string }) =>
      `the server reset the stream with ${error} before it had answered`,
    chunkWithoutSize: () => 'a chunk has no size',
    headTooLong: ({ most }: { most: number }) => `a head exceeds ${most} bytes`,
    fieldOf: ({ name, value }: { name: string; value: string }) => `it has a ${name} of ${value}`,
    lengthNoNumber: () => 'its Content-Length is no number',
    coapAnswered: ({ what, place, code }: Record<'what' | 'place' | 'code', string>) =>
      `${what} at ${place} was answered ${code}`,
    coapObserve: ({ path }: { path: string }) => `GET ${path} with Observe 0`,
    coapSecondBlock: ({ path }: { path: string }) => `GET ${path} for the second block`,
    coapRefused: ({ place, path, code }: Record<'place' | 'path' | 'code', string>) =>
      `${place} answered PUT ${path} with ${code} (RFC 7252 §5.9)`,
    unanswered: () => 'it did not answer',
    unheardFor: ({ seconds }: { seconds: number }) => `nothing was heard from it for ${seconds} s`,
    strangeText: ({ place }: { place: string }) =>
      `${place} sent a text message that answers nothing; content is binary, and an answer an empty text message`,
    reservedEvent: ({ topic }: { topic: string }) =>
      `topic: ${topic} is an event that Socket.IO keeps for itself; choose another for socketio`,
    noEcho: ({ place, why }: { place: string; why: string }) => `${place} is no echo: ${why}`,
    strangeFrame: () => 'it sent a frame that nobody asked for',
    changedFrame: () => 'a frame came back changed',
    frameTooLong: ({ size, most }: { size: number; most: number }) =>
      `a frame of ${size} bytes; at most ${most} are sent`,
    noBrokerHere: ({ address }: { address: string }) =>
      `cannot connect to ${address}: no such broker in this process; serve and connect must share one`,
    nobodySubscribed: ({ topic }: { topic: string }) =>
      `nobody subscribed to ${topic}; the message was dropped`,
  },
  'zh-TW': {
    mqttReason: ({ code }) => inChinese(reasonOf(code)),
    mqttReturnCode: ({ code }) => inChinese(returnCodeOf(code)),
    noReason: () => '它沒有說原因',
    withCode: ({ meaning, code }) => `${meaning}（${code}）`,
    reasonString: ({ meaning, text }) => `${meaning}，「${text}」`,
    serverReference: ({ meaning, server }) => `${meaning}，即 ${server}`,
    reasonRemedy: ({ code }) => at(REASON_REMEDIES['zh-TW'], code) ?? String(code),
    returnCodeRemedy: ({ code }) => at(RETURN_CODE_REMEDIES['zh-TW'], code) ?? String(code),
    accessRemedy: ({ refused }) => by(ACCESS_REMEDIES['zh-TW'], refused),
    refusedConnect: ({ place, meaning, code, clause }) =>
      `${place} 拒絕連線：${meaning}（CONNACK ${code}，${clause}）`,
    refusedPublish: ({ place, topic, meaning, answer }) =>
      `${place} 拒絕${topic === '' ? '一則訊息' : `發布到 ${topic} 的訊息`}：${meaning}（${answer}，MQTT 5.0 §3.4.2.1）`,
    grantedLess: ({ place, topic, qos, granted, version }) =>
      `${place} 對 ${topic} 給予 QoS ${granted}，不是 QoS ${qos}（SUBACK ${granted}，MQTT ${version} §3.9.3）`,
    grantedLessRemedy: ({ granted }) =>
      `請指定 QoS ${granted} 的傳輸方式，或不測量到達：--arrivals untold`,
    grantedNone: ({ place, topic, qos }) => `${place} 不給予 ${topic} 的訂閱（QoS ${qos}）`,
    grantedNoneFor: ({ place, topic, qos, why }) =>
      `${place} 不給予 ${topic} 的訂閱（QoS ${qos}）：${why}`,
    saysNotWhy: () => '它沒有說原因',
    untoldRemedy: () => '也可以不測量到達：--arrivals untold',
    readRemedy: () =>
      '通常是存取規則：請讓它允許這個使用者讀取該主題，或不測量到達：--arrivals untold',
    brokerEnded: ({ place, meaning, code }) =>
      `${place} 結束了連線：${meaning}（DISCONNECT ${code}，MQTT 5.0 §3.14.2.1）`,
    mostQos: ({ place, qos }) =>
      `${place} 至多接受 QoS ${qos}（CONNACK，MQTT 5.0 §3.2.2.3.4）；請指定 QoS ${qos} 的傳輸方式`,
    noRetain: ({ place }) =>
      `${place} 不保留訊息（CONNACK，MQTT 5.0 §3.2.2.3.5）；請拿掉 mqtt.retain`,
    mostPacketBytes: ({ place, most, size }) =>
      `${place} 至多接受 ${most} 位元組的封包（CONNACK，MQTT 5.0 §3.2.2.3.6），而一則訊息是 ${size}；請送較小的負載，或調高它的上限`,
    noTopicAlias: ({ place }) =>
      `${place} 不允許主題別名；請把它的上限設為 1 以上（Mosquitto：max_topic_alias）`,
    noPacketId: ({ place, most }) =>
      `${place} 對最近 ${most} 則訊息都沒有確認；已沒有可用的封包識別碼`,
    answerToConnect: ({ packet }) => `對 CONNECT 的回應是 ${packet}`,
    strangePuback: ({ id }) => `收到封包識別碼 ${id} 的 PUBACK，它並未在途中`,
    noAcknowledgement: ({ bytes }) => `${bytes} 既不是 PUBACK 也不是 PINGRESP 的開頭`,
    speaksOther: ({ place, spoken, awaited }) => `${place} 使用 ${spoken}，不是 ${awaited}`,
    speaksOtherAnswered: ({ place, spoken, awaited, line }) =>
      `${place} 使用 ${spoken}，不是 ${awaited}（它回應「${line}」）`,
    otherProtocolRemedy: ({ remedy }) => by(OTHER_PROTOCOL_REMEDIES['zh-TW'], remedy),
    writeScheme: ({ scheme }) => `請寫 ${scheme}//`,
    notUpgraded: ({ path, place, status }) =>
      `${place} 對 GET ${path} 回應 ${status}，要 101 才能開啟 WebSocket`,
    upgradeCredentials: () => '請在 Authorization 標頭給帳號密碼',
    upgradePath: () => '請在 URL 給它接聽 WebSocket 的路徑（通常是 /mqtt）',
    answeredStatus: ({ method, path, place, status }) =>
      `${place} 對 ${method} ${path} 回應 ${status}`,
    answeredNot: ({ method, path, place, status, awaited }) =>
      `${place} 對 ${method} ${path} 回應 ${status}，不是 ${awaited}`,
    statesClosed: ({ path, place, status }) =>
      `${place} 對 POST ${path} 回應 ${status}：沒有裝置開著串流`,
    commandNot204: ({ path, place, status }) =>
      `${place} 對 POST ${path} 回應 ${status}：應該是 204`,
    awaitedMessage: () => '200 或 204',
    awaitedStream: ({ type }) => `200 與 ${type}`,
    statusOfScenario: ({ status }) => `情境的 http.response.status 是 ${status}`,
    statusRemedy: ({ status }) =>
      at(STATUS_REMEDIES['zh-TW'], status) ?? '狀態碼小於 400 的回應才算完成一則訊息',
    badRequestInClear: () =>
      '狀態碼小於 400 的回應才算完成一則訊息；該連接埠若使用 TLS，請寫 https://',
    badRequestInTls: () =>
      '狀態碼小於 400 的回應才算完成一則訊息；它若要求用戶端憑證，請用 --cert FILE 與 --key FILE 提供',
    tooManyRedirects: ({ method, path, place, most }) =>
      `${place} 對 ${method} ${path} 在 ${most} 次重新導向之後還要再導向；請用 --http-url 給最終的位置`,
    redirectNowhere: ({ method, path, place, status }) =>
      `${place} 對 ${method} ${path} 回應 ${status}，但 Location 不是 URL；請用 --http-url 給最終的位置`,
    redirectGets: ({ method, path, place, status, to }) =>
      `${place} 對 ${method} ${path} 回應 ${status}，用戶端會把 ${method} 改成 GET（RFC 9110 §15.4），訊息不會到達 ${to}；請用 --http-url 給那個位置`,
    redirectElsewhere: ({ method, path, place, status, to }) =>
      `${place} 對 ${method} ${path} 回應 ${status}，導向另一台伺服器 ${to}；請用 --http-url 給那個位置`,
    redirectHop: ({ status, path }) => `${status} 到 ${path}`,
    noHttp2: ({ place }) => `${place} 不同意使用 HTTP/2；請讓它的伺服器以 ALPN 提供 h2`,
    noHttp1: ({ place }) => `${place} 的回應不是 HTTP/1.1`,
    strangeAnswer: () => '收到沒有人要求的回應',
    eventsEnded: () => '伺服器結束了事件串流',
    overBeforeSent: () => '請求送出之前連線就結束了',
    countsDiffer: ({ messages, requests, answers }) =>
      `${messages} 則訊息，卻有 ${requests} 個請求與 ${answers} 個回應`,
    goaway: () => '伺服器送出 GOAWAY',
    goawayWith: ({ error }) => `伺服器送出 GOAWAY，錯誤碼 ${error}（RFC 9113 §7）`,
    streamReset: ({ error }) => `伺服器在回應之前以 ${error} 重設了串流`,
    chunkWithoutSize: () => '有一個 chunk 沒有長度',
    headTooLong: ({ most }) => `標頭超過 ${most} 位元組`,
    fieldOf: ({ name, value }) => `它的 ${name} 是 ${value}`,
    lengthNoNumber: () => '它的 Content-Length 不是數字',
    coapAnswered: ({ what, place, code }) => `${place} 對 ${what} 回應 ${code}`,
    coapObserve: ({ path }) => `GET ${path}（Observe 0）`,
    coapSecondBlock: ({ path }) => `GET ${path}（第二個區塊）`,
    coapRefused: ({ place, path, code }) => `${place} 對 PUT ${path} 回應 ${code}（RFC 7252 §5.9）`,
    unanswered: () => '它沒有回應',
    unheardFor: ({ seconds }) => `${seconds} 秒沒有它的消息`,
    strangeText: ({ place }) =>
      `${place} 送了一則不回應任何內容的文字訊息；內容是二進位的，回應是空的文字訊息`,
    reservedEvent: ({ topic }) => `topic：${topic} 是 Socket.IO 保留的事件；請為 socketio 選另一個`,
    noEcho: ({ place, why }) => `${place} 不是回送伺服器：${why}`,
    strangeFrame: () => '它送了沒有人要求的訊框',
    changedFrame: () => '回來的訊框被改過',
    frameTooLong: ({ size, most }) => `訊框有 ${size} 位元組；至多送 ${most}`,
    noBrokerHere: ({ address }) =>
      `無法連線到 ${address}：這個程序裡沒有這個代理伺服器；serve 與 connect 必須在同一個程序`,
    nobodySubscribed: ({ topic }) => `沒有人訂閱 ${topic}；訊息被丟棄`,
  },
})

export type Redirected = Omit<Answered, 'status'>
