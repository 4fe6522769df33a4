/** Of CoAP, with its blocks and observations. */
export const COAP_PHRASES = {
  'a datagram of {} bytes is shorter than the header of 4': '{} 位元組的資料報短於 4 位元組的標頭',
  'the version is {}, not 1': '版本是 {}，不是 1',
  'a token length of {} is reserved': 'token 長度 {} 是保留的',
  'an empty message is {} bytes long, not 4': '空訊息長 {} 位元組，不是 4',
  'the datagram ends inside a token of {} bytes': '資料報在 {} 位元組的 token 中間結束',
  'the datagram ends inside an extended option {}': '資料報在延伸的選項 {} 中間結束',
  'the datagram ends inside {}, of {} bytes': '資料報在 {} 中間結束，它有 {} 位元組',
  'the class of code {} is reserved': '代碼 {} 的類別是保留的',
  'a Reset carries the code {}, but must be empty': 'Reset 帶有代碼 {}，但它必須是空的',
  'an Acknowledgement carries the request {}': 'Acknowledgement 帶有請求 {}',
  'a Non-confirmable message is empty': 'Non-confirmable 訊息是空的',
  'nothing follows the payload marker': '負載標記之後什麼也沒有',
  '{} is no option number': '{} 不是選項編號',
  'an option {} of 15 is reserved': '選項的 {} 為 15 是保留的',
  '{} of Message ID {}, which the other side has not sent': '{} 的 Message ID {} 不是對方送出的',
  '{} of a Message ID that the other side has not sent': '{} 的 Message ID 不是對方送出的',
  'Observe of a request is {}, not 0 or 1': '請求的 Observe 是 {}，不是 0 或 1',
  'a response in the Acknowledgement of Message ID {} with token {}: no such request was sent':
    'Message ID {} 的 Acknowledgement 帶有 token {} 的回應：沒有送出過這個請求',
  'a response in an Acknowledgement, to a request that did not cross here':
    'Acknowledgement 帶有回應，但請求沒有經過這裡',
  'a response with token {}, which no open request has': '回應的 token {} 不屬於任何等待中的請求',
  'a response with a token that no open request has': '回應的 token 不屬於任何等待中的請求',
  'block {} begins at byte {} of its body, of which {} have come':
    '區塊 {} 從內容的第 {} 個位元組開始，但只到了 {} 個',
  'a block does not begin where the last one ended': '區塊不是從上一個結束之處開始',
  '{} is {}: longer than 3 bytes, or of the reserved size exponent 7':
    '{} 是 {}：超過 3 個位元組，或用了保留的大小指數 7',
  '{} says more blocks follow one of {} bytes, but this one has {}':
    '{} 說 {} 位元組的區塊之後還有更多，但這一個有 {} 位元組',
} as const
