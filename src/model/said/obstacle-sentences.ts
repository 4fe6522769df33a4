import { formatCount } from '../text/format.ts'
import { translations } from '../text/language.ts'

export interface TlsNeeds {
  profile: string
  needs: string
  since: string
  node: string
  openssl: string
}

/** Why something is not measured, or not as it was meant, of the scenario and the transport alone. */
export const OBSTACLE_SENTENCES = translations({
  en: {
    payloadInQuery: () =>
      'the payload stands in the query, which HTTP/2 compresses with its path (RFC 7541 §5.2), so that its bytes cannot be told; send it as content',
    noZstd: () => 'the zlib of this Node has no zstd; take Node 22.15, 23.8 or newer',
    mqtt31: () =>
      'MQTT 3.1 is a name of what transports of 3.1.1 without WebSocket say; leave mqtt.version out, or take one of those, such as mqtt-qos1',
    onlyMqtt5: ({ name, section, key }: Record<'name' | 'section' | 'key', string>) =>
      `MQTT 3.1.1 has no ${name} (MQTT 5.0 §${section}); leave mqtt.${key} out, or take a transport of MQTT 5, such as mqtt5-qos1`,
    tlsNeeds: ({ profile, needs, since, node, openssl }: TlsNeeds) =>
      `TLS profile ${profile} needs OpenSSL ${needs}, which Node has from ${since} on; this is Node ${node} with OpenSSL ${openssl}`,
    tlsSharesKey: ({ profile }: { profile: string }) =>
      `TLS profile ${profile} shares a key with the server, and that of a server that is there is not known; use another with --tls`,
    tlsNotOfHttp2: ({ profile }: { profile: string }) =>
      `TLS profile ${profile} has a cipher suite that HTTP/2 must not use (RFC 9113 §9.2.2, appendix A); use another with --tls`,
    tlsGroup: ({ profile, wanted, group }: Record<'profile' | 'wanted' | 'group', string>) =>
      `TLS profile ${profile} would rather have ${wanted}; the server took ${group}`,
    coapWithLoss: () =>
      'CoAP is not measured with loss: its ACK_TIMEOUT is 10 s here, where RFC 7252 §4.8 has 2 s',
    boundElsewhere: ({ kind, most }: { kind: string; most: string[] }) =>
      `the ${kind} server is not on this machine: at most ${most.join('; ')}`,
    mostBytes: ({ messages }: { messages: number }) =>
      `${messages} messages a transport in the byte pass`,
    mostLatency: ({ messages, warmup, perS }: Record<'messages' | 'warmup' | 'perS', number>) =>
      `${messages} after ${warmup} to warm up in the latency pass, at most ${perS} a second`,
    mostLoad: ({ rate, connections }: { rate: string; connections: number }) =>
      `${rate} a second from each client under load, on ${connections} connections`,
    boundLifted: ({ host, perS }: { host: string; perS: number }) =>
      `--own-target answers for ${host}: up to ${formatCount(perS)} messages a second of all parts together, where a server elsewhere gets 100`,
    loadOnlyUp: () => 'only messages that go up are sent under load',
    loadStartsPrograms: ({ transport }: { transport: string }) =>
      `${transport} starts a program for each message`,
    loadNoWire: ({ transport }: { transport: string }) =>
      `${transport} has no wire to put a load on`,
    loadUntold: ({ transport }: { transport: string }) =>
      `${transport} is not answered, and nobody tells what arrived: it has no throughput`,
    loadFewConnections: ({ workers, connections }: Record<'workers' | 'connections', number>) =>
      `${workers} workers have ${connections} connections to share`,
    loadNoClient: ({ transport, kind }: Record<'transport' | 'kind', string>) =>
      `${transport} has no${kind === '' ? '' : ` ${kind}`} client that can be held to a load`,
    renewed: ({ connections, repeated }: Record<'connections' | 'repeated', number>) =>
      `the server ended ${connections === 1 ? 'a connection' : `${formatCount(connections)} connections`}, in order, and each was opened again${repeated === 0 ? '' : `; ${repeated === 1 ? 'a message' : `${formatCount(repeated)} messages`} under way went out again`}`,
  },
  'zh-TW': {
    payloadInQuery: () =>
      '負載放在查詢字串中，HTTP/2 會把它和路徑一起壓縮（RFC 7541 §5.2），分不出它的位元組；請當作內容傳送',
    noZstd: () => '這個 Node 的 zlib 沒有 zstd；請用 Node 22.15、23.8 或更新的版本',
    mqtt31: () =>
      'MQTT 3.1 只用於不經 WebSocket 的 3.1.1 傳輸方式；請拿掉 mqtt.version，或改用其中一種，例如 mqtt-qos1',
    onlyMqtt5: ({ name, section, key }) =>
      `MQTT 3.1.1 沒有 ${name}（MQTT 5.0 §${section}）；請拿掉 mqtt.${key}，或改用 MQTT 5 的傳輸方式，例如 mqtt5-qos1`,
    tlsNeeds: ({ profile, needs, since, node, openssl }) =>
      `TLS 設定檔 ${profile} 需要 OpenSSL ${needs}，Node 從 ${since} 起才有；這裡是 Node ${node} 與 OpenSSL ${openssl}`,
    tlsSharesKey: ({ profile }) =>
      `TLS 設定檔 ${profile} 要與伺服器共用金鑰，而既有伺服器的金鑰不明；請用 --tls 改用別的`,
    tlsNotOfHttp2: ({ profile }) =>
      `TLS 設定檔 ${profile} 的密碼套件是 HTTP/2 不可使用的（RFC 9113 §9.2.2，附錄 A）；請用 --tls 改用別的`,
    tlsGroup: ({ profile, wanted, group }) =>
      `TLS 設定檔 ${profile} 希望使用 ${wanted}；伺服器選了 ${group}`,
    coapWithLoss: () =>
      'CoAP 不在有封包遺失時測量：它的 ACK_TIMEOUT 在這裡是 10 秒，而 RFC 7252 §4.8 是 2 秒',
    boundElsewhere: ({ kind, most }) =>
      `${kind} 伺服器不在這台機器上，送出的有上限：${most.join('；')}`,
    mostBytes: ({ messages }) => `位元組測量中每種傳輸方式至多 ${messages} 則訊息`,
    mostLatency: ({ messages, warmup, perS }) =>
      `延遲測量中暖身 ${warmup} 則之後至多 ${messages} 則，每秒至多 ${perS} 則`,
    mostLoad: ({ rate, connections }) =>
      `加負荷時每個用戶端每秒至多 ${rate} 則，共 ${connections} 條連線`,
    boundLifted: ({ host, perS }) =>
      `--own-target 對 ${host} 負責：所有部分合計每秒至多 ${formatCount(perS)} 則，其他遠端伺服器是 100 則`,
    loadOnlyUp: () => '加負荷時只送上行的訊息',
    loadStartsPrograms: ({ transport }) => `${transport} 每則訊息啟動一個程式`,
    loadNoWire: ({ transport }) => `${transport} 沒有可以加負荷的線路`,
    loadUntold: ({ transport }) => `${transport} 沒有回應，也不知道什麼到達了：沒有吞吐量`,
    loadFewConnections: ({ workers, connections }) =>
      `${workers} 個 worker 只有 ${connections} 條連線可分`,
    loadNoClient: ({ transport, kind }) =>
      `${transport} 沒有能加負荷的${kind === '' ? '' : ` ${kind} `}用戶端`,
    renewed: ({ connections, repeated }) =>
      `伺服器依序結束了 ${formatCount(connections)} 條連線，每條都重新開啟${repeated === 0 ? '' : `；途中的 ${formatCount(repeated)} 則訊息再次送出`}`,
  },
})
