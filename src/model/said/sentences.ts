import { formatBytes, formatCount, formatMicros } from '../text/format.ts'
import { catalogue, joinNames, listNames } from '../text/language.ts'
import { ANSWER_SENTENCES } from './answer-sentences.ts'
import { CHECK_SENTENCES } from './check-sentences.ts'
import { CONNECTION_SENTENCES } from './connection-sentences.ts'
import { DIFFERENCE_SENTENCES } from './difference-sentences.ts'
import { FLEET_SENTENCES } from './fleet-sentences.ts'
import { LOAD_SENTENCES } from './load-sentences.ts'
import { OBSTACLE_SENTENCES } from './obstacle-sentences.ts'
import { PROCESS_SENTENCES } from './process-sentences.ts'

interface PartName {
  number: number
  /** Empty where the part does both. */
  role: string
}

const partName = ({ number, role = '' }: PartName): string =>
  `${role === '' ? 'part' : role === 'publish' ? 'publisher' : 'subscriber'} ${number}`

const chinesePartName = ({ number, role = '' }: PartName): string =>
  `第 ${number} 個${role === '' ? '部分' : role === 'publish' ? '發布者' : '訂閱者'}`

/**
 * What a report keeps: its keys are part of the format of `report.json`, and
 * what each says is here, so that a report can be read in either language
 * whoever measured it in which.
 */
export const SENTENCES = catalogue({
  en: {
    ...ANSWER_SENTENCES.en,
    ...CHECK_SENTENCES.en,
    ...DIFFERENCE_SENTENCES.en,
    ...CONNECTION_SENTENCES.en,
    ...FLEET_SENTENCES.en,
    ...LOAD_SENTENCES.en,
    ...OBSTACLE_SENTENCES.en,
    ...PROCESS_SENTENCES.en,
    original: ({ text }: { text: string }) => text,
    inPart: ({ name, why }: { name: string; why: string }) => `${name}: ${why}`,
    stoppedBy: ({ signal }: { signal: string }) => `stopped by ${signal}`,
    runStopped: () => 'the run was stopped',
    stillRunning: () => 'the run is still going on, or ended without a word',
    partsMissing: ({ missing, of }: { missing: string[]; of: number }) =>
      `of ${of} parts ${listNames(missing)} ${missing.length === 1 ? 'is' : 'are'} missing: these figures are not the whole`,
    rolePartsMissing: ({ role, missing, of }: { role: string; missing: string[]; of: number }) =>
      `of ${of} ${role === 'publish' ? 'publishers' : 'subscribers'} ${listNames(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`,
    roleMissing: ({ role }: { role: string }) =>
      `no ${role === 'publish' ? 'publisher' : 'subscriber'} is here`,
    endsMissing: ({ missing }: { missing: string[] }) =>
      `${missing.join('; ')}: these figures are not the whole`,
    endsNotWhole: () =>
      'what was delivered is not known: parts are missing or were cut short, and what only one end has is nothing to hold the other against',
    subscriberFailed: ({ number, why }: { number: number; why: string }) =>
      `what was delivered is not known: subscriber ${number} failed: ${why}`,
    subscriberLate: ({ number }: { number: number }) =>
      `what was delivered is not known: subscriber ${number} was not there at the common start, and what is missing may have been published before it was`,
    endsByCount: () =>
      'payloads hold no number, so only counts are held against each other: one message lost and another doubled are none of either, and order is not known (a sequence in the records of a scenario is such a number)',
    endsNoLatency: () =>
      'no delivery latency: no message holds the time of its sending, and over MQTT nobody tells whether clocks of two machines agree',
    partCut: ({ number, role }: PartName) =>
      `${partName({ number, role })} was cut short: what it did not measure is missing here`,
    partLate: ({ number, byMs, role }: PartName & { byMs: number }) =>
      `${partName({ number, role })} began ${formatCount(byMs)} ms after the common start`,
    partClocks: ({ ahead, behind, byMs }: { ahead: number; behind: number; byMs: number }) =>
      `the clock of part ${ahead} is ${formatCount(byMs)} ms ahead of that of part ${behind}, by the Date that the server told both: they did not begin at one instant`,
    notMeasuredYet: () => 'not measured yet',
    stoppedBefore: ({ why }: { why: string }) => `stopped before it was measured: ${why}`,
    faultsPutIn: ({ faults }: { faults: string[] }) =>
      `faults were put in on purpose: ${listNames(faults)}`,
    differentPayloads: ({ name, http, mqtt }: { name: string; http: number; mqtt: number }) =>
      `${name} sends different payloads: ${formatBytes(http)} over HTTP, ${formatBytes(mqtt)} over MQTT; a ratio of the two is of protocols and of contents`,
    unsaidCompression: ({ protocol, encoding }: { protocol: string; encoding: string }) =>
      `${protocol} has nowhere to say that the payload is ${encoding}: whoever receives it has to know`,
    notPinned: ({ why }: { why: string }) =>
      `processes were not pinned to CPUs (${why}): latencies spread more`,
    strangers: ({ count, from }: { count: number; from: string }) =>
      `${count === 1 ? "1 connection that was not this run's was" : `${formatCount(count)} connections that were not this run's were`} turned away; no figure has anything of it (the first came from ${from})`,
    strangersUnknown: () =>
      'how many foreign connections the endpoint process turned away is not known: it ended before it could tell',
    pinningNotNeeded: () => 'only latency and throughput on loopback need it',
    pinningElsewhere: ({ platform }: { platform: string }) =>
      `CPUs are pinned on Linux only, this is ${platform}`,
    noTaskset: () => 'taskset (util-linux) is not installed or may not be used',
    oneCpu: () => 'only one CPU may be used',
    pinnedTo: ({ load, endpoint }: { load: number; endpoint: number }) =>
      `load on CPU ${load}, endpoints on CPU ${endpoint}`,
    certificateNotVerified: ({ server }: { server: string }) =>
      `the certificate of ${server} was not verified (--insecure): whoever answered was believed`,
    proxyNotUsed: ({ variable }: { variable: string }) =>
      `the proxy that ${variable} names is not used: connections go to the server itself`,
    mixedPlaces: ({ there, here, url }: { there: string; here: string; url: string }) =>
      `a mixed comparison: ${there} was measured at ${url}, ${here} on the embedded endpoint, so their latencies are of two places`,
    redirectsFollowed: ({ hops }: { hops: string[] }) =>
      `redirects were followed before anything was measured: ${hops.join(', ')}; a device that follows them each time pays those exchanges too, which a run without --follow-redirects measures`,
    startsPrograms: ({ transport }: { transport: string }) =>
      `${transport} starts a program for each message, which takes longer than the message: it has no latency`,
    unansweredUntold: ({ transport }: { transport: string }) =>
      `${transport} is not answered, and nobody tells what arrived: it has no latency`,
    tooFast: ({ transport }: { transport: string }) =>
      `${transport} sends as fast as it is answered, which is too fast for a server elsewhere: its latency is left out`,
    needsHolder: ({ transport }: { transport: string }) =>
      `${transport} needs a server that holds messages for its devices, as the embedded endpoint does; against --http-url there is the uplink alone`,
    fitsNoUrl: ({ transport, own, scheme }: UrlMismatch) =>
      `${transport} connects to ${own}// and the URL is ${scheme}//; no transport does the same there`,
    fitsOtherUrl: ({ transport, own, scheme, by }: UrlMismatch & { by: string }) =>
      `${transport} connects to ${own}// and the URL is ${scheme}//; name ${by} instead`,
    crowd: ({ count, most }: { count: number; most: number }) =>
      `${count} subscribers are ${count} connections to a server that is not on this machine; there at most ${most} are opened`,
    noFlow: ({ transport, flow }: { transport: string; flow: string }) =>
      `${transport} has no ${flow} flow`,
    missing: ({ transport, what }: { transport: string; what: string }) => `${transport} ${what}`,
    noMosquitto: ({ install }: { install: string }) =>
      `needs the broker Mosquitto, which is not on this machine; install it with: ${install}`,
    noSuchMosquitto: ({ variable, named, install }: NoMosquitto) =>
      `${variable} names ${named}, which is no Mosquitto that runs; install it with: ${install}`,
    noLibcoap: ({ programs, install }: { programs: string[]; install: string }) =>
      `needs libcoap's ${joinNames(programs)}, which are not on this machine; install them with: ${install}`,
    noWire: () => 'stays in the process: there are no wire bytes',
    noLinkInProcess: () => 'stays in the process: no link is on its way',
    fanOutOverLink: () => 'a fan-out is not measured over a link',
    noSteady: () => 'its client opens a connection for each round: no steady figure over a link',
    stopping: ({ why }: { why: string }) => `stopping: ${why}`,
    closing: ({ why }: { why: string }) => `closing: ${why}`,
    linkModelled: ({ why }: { why: string }) => `its link bytes are modelled: ${why}`,
    noThroughput: ({ why }: { why: string }) => `no throughput: ${why}`,
    generatorLate: ({ delayUs, ofUs }: { delayUs: number; ofUs: number }) =>
      `the load generator was late: its own send delay is ${formatMicros(delayUs)} at the median, of a latency of ${formatMicros(ofUs)}`,
    notIntact: ({
      lost,
      duplicated,
      corrupted,
    }: Record<'lost' | 'duplicated' | 'corrupted', number>) =>
      `not all messages were delivered intact: ${[lost > 0 && `${lost} lost`, duplicated > 0 && `${duplicated} duplicated`, corrupted > 0 && `${corrupted} corrupted`].filter(Boolean).join(', ')}`,
    redirected: ({ status, count, completed, method, becomesGet }: Redirected) =>
      `${formatCount(count)} of ${formatCount(completed)} answers were a redirect (${status}, ${becomesGet === 1 ? `where a client makes a GET of a ${method}, without its content` : `where a client sends the ${method} again`}): it was measured, and not followed; --follow-redirects measures the place that it leads to`,
    noneCompleted: ({ sent }: { sent: number }) => `none of ${sent} messages was completed`,
    underLoad: ({ client, reasons }: { client: string; reasons: string[] }) =>
      `under load by ${client}: ${reasons.join('; ')}`,
    oneMessage: () => 'the scenario has one message',
    noneCompletedSeveral: () => 'no message was completed',
    statesStopped: ({ sent, of }: { sent: number; of: number }) =>
      `states stopped coming back: ${sent} of ${of} commands were sent, none of the last was answered`,
    arrivalsStopped: ({ sent, of }: { sent: number; of: number }) =>
      `messages stopped arriving: ${sent} of ${of} were sent`,
  },
  'zh-TW': {
    ...ANSWER_SENTENCES['zh-TW'],
    ...CHECK_SENTENCES['zh-TW'],
    ...DIFFERENCE_SENTENCES['zh-TW'],
    ...CONNECTION_SENTENCES['zh-TW'],
    ...FLEET_SENTENCES['zh-TW'],
    ...LOAD_SENTENCES['zh-TW'],
    ...OBSTACLE_SENTENCES['zh-TW'],
    ...PROCESS_SENTENCES['zh-TW'],
    original: ({ text }) => `（原文）${text}`,
    inPart: ({ name, why }) => `${name}：${why}`,
    stoppedBy: ({ signal }) => `被 ${signal} 中止`,
    runStopped: () => '測量被中止',
    stillRunning: () => '測量還在進行，或無預警地結束了',
    partsMissing: ({ missing, of }) =>
      `${of} 個部分中缺少第 ${listNames(missing)} 個：這些數字不是全部`,
    rolePartsMissing: ({ role, missing, of }) =>
      `${of} 個${role === 'publish' ? '發布者' : '訂閱者'}中缺少第 ${listNames(missing)} 個`,
    roleMissing: ({ role }) => `沒有任何${role === 'publish' ? '發布者' : '訂閱者'}的報告`,
    endsMissing: ({ missing }) => `${missing.join('；')}：這些數字不是全部`,
    endsNotWhole: () => '不知道送達了多少：有部分缺少或中途結束，只有一端的數字無從對照',
    subscriberFailed: ({ number, why }) => `不知道送達了多少：第 ${number} 個訂閱者失敗：${why}`,
    subscriberLate: ({ number }) =>
      `不知道送達了多少：第 ${number} 個訂閱者在共同的開始時刻還沒準備好，遺失的可能在那之前就已發布`,
    endsByCount: () =>
      '負載不含編號，因此只對照數目：一則遺失、另一則重複時兩者都看不出來，順序也不知道（情境 records 中的 sequence 就是這種編號）',
    endsNoLatency: () =>
      '沒有送達延遲：訊息不含送出的時刻，而在 MQTT 上無從得知兩台機器的時鐘是否一致',
    partCut: ({ number, role }) =>
      `${chinesePartName({ number, role })}中途結束：它沒測到的這裡也沒有`,
    partLate: ({ number, byMs, role }) =>
      `${chinesePartName({ number, role })}比共同的開始時刻晚了 ${formatCount(byMs)} 毫秒`,
    partClocks: ({ ahead, behind, byMs }) =>
      `依伺服器告知兩者的 Date，第 ${ahead} 個部分的時鐘比第 ${behind} 個部分的快 ${formatCount(byMs)} 毫秒：它們不是在同一時刻開始`,
    notMeasuredYet: () => '尚未測量',
    stoppedBefore: ({ why }) => `測量到它之前就中止了：${why}`,
    faultsPutIn: ({ faults }) => `刻意放入了故障：${listNames(faults)}`,
    differentPayloads: ({ name, http, mqtt }) =>
      `${name} 在兩個協定上送出不同的負載：HTTP ${formatBytes(http)}，MQTT ${formatBytes(mqtt)}；兩者之比既是協定之比，也是內容之比`,
    unsaidCompression: ({ protocol, encoding }) =>
      `${protocol} 無處說明負載以 ${encoding} 壓縮：收到的一方必須事先知道`,
    notPinned: ({ why }) => `程序沒有固定在 CPU 上（${why}）：延遲的分布會較寬`,
    strangers: ({ count, from }) =>
      `本次測量的連接埠拒絕了 ${formatCount(count)} 條外來連線；任何數字都不含它們（第一條來自 ${from}）`,
    strangersUnknown: () => '端點程序拒絕了幾條外來連線並不清楚：它在能說之前就結束了',
    pinningNotNeeded: () => '只有 loopback 上的延遲與吞吐量需要',
    pinningElsewhere: ({ platform }) => `只有 Linux 能固定 CPU，這裡是 ${platform}`,
    noTaskset: () => 'taskset（util-linux）沒有安裝或不能使用',
    oneCpu: () => '只有一個 CPU 可用',
    pinnedTo: ({ load, endpoint }) => `負荷在 CPU ${load}，端點在 CPU ${endpoint}`,
    certificateNotVerified: ({ server }) =>
      `沒有驗證 ${server} 的憑證（--insecure）：誰回應就相信誰`,
    proxyNotUsed: ({ variable }) => `沒有使用 ${variable} 所指的代理：連線直達伺服器`,
    mixedPlaces: ({ there, here, url }) =>
      `混合的比較：${there} 在 ${url} 測量，${here} 在內建端點測量，因此兩者的延遲屬於兩個地方`,
    redirectsFollowed: ({ hops }) =>
      `測量之前先跟隨了重新導向：${hops.join('、')}；每次都跟隨的裝置還要付出那些往來，不加 --follow-redirects 才會測到`,
    startsPrograms: ({ transport }) =>
      `${transport} 每則訊息啟動一個程式，那比訊息本身還久：沒有延遲`,
    unansweredUntold: ({ transport }) => `${transport} 沒有回應，也不知道什麼到達了：沒有延遲`,
    tooFast: ({ transport }) => `${transport} 一得到回應就送下一則，對遠端伺服器太快：不測它的延遲`,
    needsHolder: ({ transport }) =>
      `${transport} 需要像內建端點那樣為裝置保留訊息的伺服器；對 --http-url 只能測上行`,
    fitsNoUrl: ({ transport, own, scheme }) =>
      `${transport} 連線到 ${own}//，URL 卻是 ${scheme}//；那裡沒有作用相同的傳輸方式`,
    fitsOtherUrl: ({ transport, own, scheme, by }) =>
      `${transport} 連線到 ${own}//，URL 卻是 ${scheme}//；請改用 ${by}`,
    crowd: ({ count, most }) =>
      `${count} 個訂閱者就是 ${count} 條連到外部伺服器的連線；那裡至多開 ${most} 條`,
    noFlow: ({ transport, flow }) => `${transport} 沒有 ${flow} 流程`,
    missing: ({ transport, what }) => `${transport} ${what}`,
    noMosquitto: ({ install }) => `需要代理伺服器 Mosquitto，這台機器上沒有；請安裝：${install}`,
    noSuchMosquitto: ({ variable, named, install }) =>
      `${variable} 所指的 ${named} 不是能執行的 Mosquitto；請安裝：${install}`,
    noLibcoap: ({ programs, install }) =>
      `需要 libcoap 的 ${joinNames(programs)}，這台機器上沒有；請安裝：${install}`,
    noWire: () => '停留在程序內：沒有線路位元組',
    noLinkInProcess: () => '停留在程序內：沒有經過鏈路',
    fanOutOverLink: () => '一對多發布不經鏈路測量',
    noSteady: () => '它的用戶端每輪開一條連線：經由鏈路沒有穩定階段的數字',
    stopping: ({ why }) => `停止時：${why}`,
    closing: ({ why }) => `關閉時：${why}`,
    linkModelled: ({ why }) => `它的鏈路位元組為模型估算：${why}`,
    noThroughput: ({ why }) => `沒有吞吐量：${why}`,
    generatorLate: ({ delayUs, ofUs }) =>
      `負荷產生器來不及：它自己的送出延遲中位數為 ${formatMicros(delayUs)}，而延遲為 ${formatMicros(ofUs)}`,
    notIntact: ({ lost, duplicated, corrupted }) =>
      `並非所有訊息都完整送達：${[lost > 0 && `遺失 ${lost}`, duplicated > 0 && `重複 ${duplicated}`, corrupted > 0 && `損壞 ${corrupted}`].filter(Boolean).join('，')}`,
    redirected: ({ status, count, completed, method, becomesGet }) =>
      `${formatCount(completed)} 個回應中有 ${formatCount(count)} 個是重新導向（${status}，${becomesGet === 1 ? `用戶端會把 ${method} 改成 GET，不帶內容` : `用戶端會再送一次 ${method}`}）：測量的是它本身，沒有跟隨；--follow-redirects 測量它導向的地方`,
    noneCompleted: ({ sent }) => `${sent} 則訊息沒有一則完成`,
    underLoad: ({ client, reasons }) => `以 ${client} 加負荷時：${reasons.join('；')}`,
    oneMessage: () => '這個情境只有一則訊息',
    noneCompletedSeveral: () => '沒有訊息完成',
    statesStopped: ({ sent, of }) => `狀態不再回來：${of} 個指令送出 ${sent} 個，最後的都沒有回應`,
    arrivalsStopped: ({ sent, of }) => `訊息不再到達：${of} 則送出 ${sent} 則`,
  },
})

type UrlMismatch = Record<'transport' | 'own' | 'scheme', string>

export type NoMosquitto = Record<'variable' | 'named' | 'install', string>

interface Redirected {
  status: number
  count: number
  completed: number
  method: string
  /** 1: a client makes a GET of it (RFC 9110 §15.4). */
  becomesGet: 0 | 1
}

export type Sentences = typeof SENTENCES
