import { catalogue } from '../../text/language.ts'

/** What is wrong with a baseline. Each completes a sentence that begins with the key. */
export const sayWrong = catalogue({
  en: {
    missing: 'is missing',
    tool: 'must be mqtt-vs-http',
    wholeBytes: 'must be a whole number of bytes',
    negativeBytes: 'must not be below 0 bytes',
    wholeMessages: 'must be a whole number of messages',
    negative: 'must not be below 0',
    version: 'must be a version, as text',
    versions: 'must map names to versions',
    frame: 'must be a frame, as text',
    noFrame:
      'is no frame with its sizes, such as "PUBACK 4: packet type and flags 1, Remaining Length 1, Packet Identifier 2"',
    parts: (bytes: number, sum: number) => `is a frame of ${bytes} bytes, but its parts are ${sum}`,
    layers: 'must map layers to bytes',
    frames: 'must be a list of frames',
    more: (shown: number, counted: number) =>
      `are ${shown} bytes, but all layers together only ${counted}`,
    exchange: 'must be a mapping with layers and frames',
    cell: 'must be a mapping with messages and bytes by phase and direction',
    noScenario: 'is no scenario name',
    noTransport: 'is no transport id',
    cells: 'must map transports to cells',
    transports: 'must map scenarios to transports',
  },
  'zh-TW': {
    missing: '缺少這個鍵',
    tool: '必須是 mqtt-vs-http',
    wholeBytes: '必須是整數的位元組數',
    negativeBytes: '不可小於 0 位元組',
    wholeMessages: '必須是整數的訊息數',
    negative: '不可小於 0',
    version: '必須是文字的版本',
    versions: '必須是名稱到版本的對應',
    frame: '必須是文字的訊框',
    noFrame:
      '不是附有大小的訊框，例如 "PUBACK 4: packet type and flags 1, Remaining Length 1, Packet Identifier 2"',
    parts: (bytes, sum) => `是 ${bytes} 位元組的訊框，但各部分共 ${sum}`,
    layers: '必須是各層到位元組的對應',
    frames: '必須是訊框的清單',
    more: (shown, counted) => `共 ${shown} 位元組，但所有層合計只有 ${counted}`,
    exchange: '必須是含 layers 與 frames 的鍵值對應',
    cell: '必須是含 messages 以及各階段與方向位元組的鍵值對應',
    noScenario: '不是情境名稱',
    noTransport: '不是傳輸方式的識別名',
    cells: '必須是傳輸方式到各項目的對應',
    transports: '必須是情境到傳輸方式的對應',
  },
})
