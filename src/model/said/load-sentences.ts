import { formatCount } from '../text/format.ts'
import { translations } from '../text/language.ts'
import { wirePhrase } from '../wire/phrases/wire-phrase.ts'

export interface Balance {
  sent: number
  completed: number
  unacknowledged: number
}

export interface Lost {
  lost: number
  of: number
  reopened: number
  reasons: string[]
  balance: string
}

/** Why the figures of a load are not to be trusted, and what befell its connections. */
export const LOAD_SENTENCES = translations({
  en: {
    befell: ({ what, connections }: { what: string; connections: number }) =>
      `${what} (${formatCount(connections)})`,
    noneOpened: ({ reasons }: { reasons: string[] }) =>
      `no connection could be opened: ${reasons.join(', ')}`,
    notAllOpened: ({ missing, of, reasons }: { missing: number; of: number; reasons: string[] }) =>
      `${formatCount(missing)} of ${formatCount(of)} connections could not be opened: ${reasons.join(', ')}`,
    balance: ({ sent, completed, unacknowledged }: Balance) =>
      `${formatCount(sent)} sent = ${formatCount(completed)} completed + ${formatCount(unacknowledged)} unacknowledged`,
    connectionsLost: ({ lost, of, reopened, reasons, balance }: Lost) =>
      `${lost > of ? `connections were lost ${formatCount(lost)} times` : `${formatCount(lost)} of ${formatCount(of)} connections were lost`}${reopened === 0 ? '' : `, and ${formatCount(reopened)} opened again`}: ${reasons.join(', ')}; ${balance}`,
    nothingCompleted: ({ balance }: { balance: string }) => `nothing was completed; ${balance}`,
    notAllAnswered: ({ balance }: { balance: string }) =>
      `not everything was answered in time: ${balance}`,
    someRefused: ({ refused, completed }: { refused: number; completed: number }) =>
      `${formatCount(refused)} of ${formatCount(completed)} messages were refused`,
    someCorrupted: ({ corrupted }: { corrupted: number }) =>
      `${formatCount(corrupted)} messages arrived with other bytes`,
    inWarmUp: ({ why }: { why: string }) => `in the warm-up, ${why}`,
    notBegun: () => 'stopped before it was opened',
    stopped: () => 'stopped',
    systemCode: ({ code }: { code: string }) => code,
    noConnectionWithin: ({ seconds }: { seconds: number }) => `no connection within ${seconds} s`,
    noConnackWithin: ({ seconds }: { seconds: number }) =>
      `no answer to CONNECT within ${seconds} s`,
    closedBeforeConnack: () => 'closed before CONNACK',
    connectNoMqtt: ({ why }: { why: string }) => `the answer to CONNECT is no MQTT: ${why}`,
    brokerClosed: () => 'the broker closed the connection',
    serverClosed: () => 'the server closed the connection',
    connectionBroke: ({ why }: { why: string }) => `the connection broke: ${why}`,
    notRenewed: ({ why }: { why: string }) =>
      `the server closed the connection and took no other: ${why}`,
    brokerDisconnects: ({ why }: { why: string }) => `the broker sent DISCONNECT: ${why}`,
    strangePacket: ({ packet }: { packet: string }) =>
      `the broker sent ${packet} with a packet id that nothing waits for`,
    packetOfType: ({ type }: { type: number }) => `a packet of type ${type}`,
    packetTooLong: () => 'a packet length of more than four bytes (MQTT §2.2.3)',
    strangeResponse: () => 'the server answered what nobody asked',
    pipelineCut: () =>
      'the server ended the connection with pipelined requests unanswered; --in-flight 1 does not pipeline',
    noResponse: () => 'what came is no HTTP/1.1 response',
    endlessResponse: () => 'a response whose body ends with the connection',
    oneExchange: () => 'RFC 7252 §4.7 allows one exchange at a time',
    ownPace: () => 'its client decides by itself, one message after another',
    strangeHeaders: ({
      packets,
      direction,
      phases,
      bytes,
      stream,
    }: Record<'packets' | 'bytes' | 'stream', number> & Record<'direction' | 'phases', string>) =>
      `${packets} packets ${direction} (${phases}) have ${bytes} bytes, of which ${stream} would be the stream's`,
    otherPayloadBytes: ({ sent, crossed }: { sent: number; crossed: number }) =>
      `the payloads sent are ${sent} bytes, but ${crossed} payload bytes crossed the wire`,
    needlessConnections: ({
      opened,
      needless,
      ends,
    }: Record<'opened' | 'needless' | 'ends', number>) =>
      `the client keeps its connection and opened ${opened}, ${needless} of them for no end of the server's, which ended ${ends}`,
    otherLayerBytes: ({ direction, summed, passed }: OtherBytes) =>
      `the layers of the ${direction} stream sum to ${summed} bytes, but the relay passed on ${passed}`,
    otherLedgerBytes: ({ direction, summed, passed }: OtherBytes) =>
      `the ledgers of the ${direction} stream sum to ${summed} bytes, but ${passed} were passed on`,
    unexplainedByte: ({
      offset,
      direction,
      connection,
      why,
    }: Record<'offset' | 'connection', number> & Record<'direction' | 'why', string>) =>
      `byte ${offset} of the ${direction} stream of connection ${connection} cannot be explained: ${why}`,
    inArm: ({ arm, why }: { arm: string; why: string }) => `${arm} arm: ${why}`,
    noBytes: () => 'it has no bytes',
  },
  'zh-TW': {
    befell: ({ what, connections }) => `${what}（${formatCount(connections)}）`,
    noneOpened: ({ reasons }) => `一條連線也開不了：${reasons.join('，')}`,
    notAllOpened: ({ missing, of, reasons }) =>
      `${formatCount(of)} 條連線中有 ${formatCount(missing)} 條開不了：${reasons.join('，')}`,
    balance: ({ sent, completed, unacknowledged }) =>
      `送出 ${formatCount(sent)} = 完成 ${formatCount(completed)} + 未確認 ${formatCount(unacknowledged)}`,
    connectionsLost: ({ lost, of, reopened, reasons, balance }) =>
      `${lost > of ? `連線中斷了 ${formatCount(lost)} 次` : `${formatCount(of)} 條連線中有 ${formatCount(lost)} 條中斷`}${reopened === 0 ? '' : `，其中 ${formatCount(reopened)} 條重新開啟`}：${reasons.join('，')}；${balance}`,
    nothingCompleted: ({ balance }) => `一則也沒有完成；${balance}`,
    notAllAnswered: ({ balance }) => `並非全部都及時得到回應：${balance}`,
    someRefused: ({ refused, completed }) =>
      `${formatCount(completed)} 則訊息中有 ${formatCount(refused)} 則被拒絕`,
    someCorrupted: ({ corrupted }) => `${formatCount(corrupted)} 則訊息到達時位元組不同`,
    inWarmUp: ({ why }) => `暖身時：${why}`,
    notBegun: () => '開啟之前就中止了',
    stopped: () => '已中止',
    systemCode: ({ code }) => code,
    noConnectionWithin: ({ seconds }) => `${seconds} 秒內沒有連上`,
    noConnackWithin: ({ seconds }) => `${seconds} 秒內沒有對 CONNECT 的回應`,
    closedBeforeConnack: () => '在 CONNACK 之前就關閉了',
    connectNoMqtt: ({ why }) => `對 CONNECT 的回應不是 MQTT：${why}`,
    brokerClosed: () => '代理伺服器關閉了連線',
    serverClosed: () => '伺服器關閉了連線',
    connectionBroke: ({ why }) => `連線中斷：${why}`,
    notRenewed: ({ why }) => `伺服器關閉了連線，也不接受新的：${why}`,
    brokerDisconnects: ({ why }) => `代理伺服器送出 DISCONNECT：${why}`,
    strangePacket: ({ packet }) => `代理伺服器送出 ${packet}，沒有人在等它的封包識別碼`,
    packetOfType: ({ type }) => `類型 ${type} 的封包`,
    packetTooLong: () => '封包長度超過四個位元組（MQTT §2.2.3）',
    strangeResponse: () => '伺服器送出沒有人要求的回應',
    pipelineCut: () => '伺服器結束了連線，管線化的請求還沒有回應；--in-flight 1 不會管線化',
    noResponse: () => '收到的不是 HTTP/1.1 回應',
    endlessResponse: () => '回應的內容要到連線結束才結束',
    oneExchange: () => 'RFC 7252 §4.7 只允許一次一個往來',
    ownPace: () => '它的用戶端自己決定，一則接著一則',
    strangeHeaders: ({ packets, direction, phases, bytes, stream }) =>
      `${directionOf(direction)} ${packets} 個封包（${phases}）有 ${bytes} 位元組，其中 ${stream} 應屬於串流`,
    otherPayloadBytes: ({ sent, crossed }) =>
      `送出的負載是 ${sent} 位元組，線路上卻經過 ${crossed} 位元組的負載`,
    needlessConnections: ({ opened, needless, ends }) =>
      `用戶端應保持連線，卻開了 ${opened} 條，其中 ${needless} 條不是因為伺服器結束連線；伺服器結束了 ${ends} 條`,
    otherLayerBytes: ({ direction, summed, passed }) =>
      `${directionOf(direction)}串流各層合計 ${summed} 位元組，轉送的卻是 ${passed}`,
    otherLedgerBytes: ({ direction, summed, passed }) =>
      `${directionOf(direction)}串流的帳目合計 ${summed} 位元組，轉送的卻是 ${passed}`,
    unexplainedByte: ({ offset, direction, connection, why }) =>
      `連線 ${connection} ${directionOf(direction)}串流的第 ${offset} 個位元組無法解釋：${wirePhrase(why)}`,
    inArm: ({ arm, why }) => `${arm} 組：${why}`,
    noBytes: () => '它沒有位元組',
  },
})

export type OtherBytes = { direction: string; summed: number; passed: number }

const directionOf = (direction: string): string => (direction === 'up' ? '上行' : '下行')
