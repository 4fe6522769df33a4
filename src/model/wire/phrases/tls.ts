/** Of TLS and DTLS. */
export const TLS_PHRASES = {
  'encrypted, and the keys are not known': '有加密，而金鑰不明',
  'the content of {} encrypted records, whose keys are not known': '{} 筆加密記錄的內容，金鑰不明',
  'the content of encrypted records, whose keys are not known': '加密記錄的內容，金鑰不明',
  'the connection ended in the middle of a TLS record': '連線在 TLS 記錄中間結束',
  'the secret {} of this connection is not known, so its TLS records cannot be read':
    '這條連線的金鑰 {} 不明，因此無法讀取它的 TLS 記錄',
  'a record is protected, and the secret {} of its connection is not known':
    '記錄有保護，而這條連線的金鑰 {} 不明',
  'a protected record comes before the hellos that decide its keys':
    '有保護的記錄在決定金鑰的 hello 之前就到',
  'a protected record comes before ServerHello': '有保護的記錄在 ServerHello 之前就到',
  'this is no record of TLS': '這不是 TLS 的記錄',
  '{} is none of TLS': '{} 不屬於 TLS',
  'content type {} is none of TLS': '內容類型 {} 不屬於 TLS',
  'content type {} is none of DTLS': '內容類型 {} 不屬於 DTLS',
  'handshake type {} is none of TLS {}': '交握類型 {} 不屬於 TLS {}',
  'the record version is {}, not 0x0303': '記錄的版本是 {}，不是 0x0303',
  'a record is {} bytes long, above the limit of {}': '記錄長 {} 位元組，超過上限 {}',
  'a record of {} is in the middle of {}': '{} 的記錄夾在 {} 中間',
  'a record of {} is not protected': '{} 的記錄沒有保護',
  'a record is longer than its datagram': '記錄比它的資料報還長',
  'a record is not one message of the handshake': '記錄不是交握的一則訊息',
  'a datagram holds no record': '資料報裡沒有記錄',
  'no record of DTLS 1.0 or 1.2 begins here': '這裡沒有 DTLS 1.0 或 1.2 的記錄開始',
  'the records of {} are not read': '這裡不讀 {} 的記錄',
  'a handshake record has no bytes': '交握的記錄沒有位元組',
  'bytes follow {} in its record': '記錄裡 {} 之後還有位元組',
  '{} is in a {} record, but belongs in a {} one': '{} 在 {} 的記錄裡，但應該在 {} 的記錄裡',
  '{} is {} bytes longer than its fields': '{} 比它的欄位長 {} 位元組',
  'a field of {} runs past its end': '{} 有個欄位超出它的結尾',
  'the extensions of {} are {} bytes long, but {} are left of it':
    '{} 的擴充長 {} 位元組，但只剩 {}',
  'the certificates are {} bytes long, but {} are left of their message':
    '憑證長 {} 位元組，但訊息只剩 {}',
  'change_cipher_spec is not the one plain byte 1': 'change_cipher_spec 不是那一個未加密的位元組 1',
  'an alert is not a level and a description': '警示不是等級加說明',
  'application data comes before Finished': '應用資料在 Finished 之前就到',
  'KeyUpdate comes before Finished': 'KeyUpdate 在 Finished 之前就到',
  'request_update of KeyUpdate is {}': 'KeyUpdate 的 request_update 是 {}',
  'a protected record has no content type': '有保護的記錄沒有內容類型',
  'a protected record of {} bytes has no room for content type and tag':
    '{} 位元組的有保護記錄容不下內容類型與標籤',
  'a protected record of {} bytes has no room for nonce and tag':
    '{} 位元組的有保護記錄容不下 nonce 與標籤',
  'a protected record opens to {} bytes, above the limit of {}':
    '有保護的記錄解開後有 {} 位元組，超過上限 {}',
  'the authentication tag of record {} under its key does not fit':
    '記錄 {} 以其金鑰計算的驗證標籤不符',
  'a renegotiation, whose records are not read': '重新協商，這裡不讀它的記錄',
  'the client sends early data, whose records are not read': '用戶端送出早期資料，這裡不讀它的記錄',
  'the server chose {}, but only records of TLS 1.2 and 1.3 are read':
    '伺服器選了 {}，但這裡只讀 TLS 1.2 與 1.3 的記錄',
  'the server chose cipher suite {}, whose records are not read':
    '伺服器選了加密套件 {}，這裡不讀它的記錄',
  'what the record carries cannot be explained': '記錄所承載的無法解釋',
  '{}, in what the record carries': '{}（在記錄所承載的內容裡）',
  'the connection ended in the middle of a TLS record, {} bytes into it':
    '連線在 TLS 記錄中間結束，已有 {} 位元組',
} as const
