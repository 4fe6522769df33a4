import type { Options } from 'yargs'
import { SECTIONS } from '../../export/exporter.ts'
import { spokenLanguage } from '../../model/text/language.ts'
import { DEFAULT_LOAD } from '../../plan/load-plan.ts'
import type { CHECK_FLAGS, CHECK_POSITIONALS } from './check.ts'
import type { COMPARE_FLAGS, COMPARE_POSITIONALS } from './compare.ts'
import type { FLEET_FLAGS, FLEET_POSITIONALS } from './fleet.ts'
import type { INSPECT_FLAGS, INSPECT_POSITIONALS } from './inspect.ts'
import type { LIST_FLAGS, LIST_POSITIONALS } from './list.ts'
import type { LOAD_FLAGS } from './load.ts'
import type { OBSERVED_FLAGS } from './observed.ts'
import type { RENDERING_FLAGS, REPORT_FLAGS, REPORT_POSITIONALS } from './report.ts'
import type { RUN_FLAGS, RUN_POSITIONALS } from './run.ts'
import type { TAP_FLAGS, TAP_POSITIONALS } from './tap.ts'
import type { TARGET_FLAGS } from './target.ts'

/** What each flag is, in Chinese: one that is missing here does not compile. */
type Said<Flags> = Readonly<Record<keyof Flags, string>>

const TARGET: Said<typeof TARGET_FLAGS> = {
  'http-url': '測量這個 HTTP 伺服器，而不是內建的：http://、https://',
  'mqtt-url': '測量這個代理伺服器，而不是內建的：mqtt://、mqtts://、ws://、wss://',
  header: '每個請求的一個標頭，"Name: value" 或 "Name: env:VARIABLE"；它的值絕不顯示',
  ca: '只信任這個 PEM 檔裡的憑證機構',
  cert: '用來證明自己的憑證，PEM 檔',
  key: '--cert 的私鑰，PEM 檔',
  insecure: '不驗證憑證（報告會寫明）',
  'follow-redirects': '測量 --http-url 重新導向到的地方，而不是重新導向本身',
  'server-name': 'TLS 裡要求並驗證的名稱，若不是 URL 的主機',
  'mqtt-alpn': '對代理伺服器的 TLS 要求的協定，例如連接埠 443 的 x-amzn-mqtt-ca',
  'topic-prefix': '加在每個主題之前，例如 test/',
  'client-id': 'MQTT 用戶端識別碼（預設：情境所定，或本次測量自訂）',
  arrivals: '由誰計算到達您的代理伺服器的訊息（預設：另一個訂閱者）',
  'max-rate': '對遠端伺服器的速率上限，每秒訊息數（預設：10）',
  timeout: '伺服器最久可以多久才回應（預設：10s）',
}

const LOAD: Said<typeof LOAD_FLAGS> = {
  rate: '開放迴圈，每秒的訊息數：1000、poisson:1000 或 ramp:100..5000',
  sweep: '開放迴圈，速率逐步提高：「saturation」為最大承載量的各比例，或 100,1000,5000',
  connections: `加負荷的連線數（預設：${DEFAULT_LOAD.connections}）`,
  'in-flight': `每條連線在途的訊息數（預設：${DEFAULT_LOAD.inFlight}，預先編碼的 HTTP/1.1 為 1：更多就是管線化）`,
  workers: '負荷程序的數目，分攤連線與速率（預設：1）',
  duration: '每個負荷階段的長度（預設：3s，每一級 2s；--quick 減半）',
  'connect-rate': '每秒最多開啟的連線數（預設：能多快就多快）',
  part: '這是幾個產生器中的第幾個，分攤所有連線、訊息與速率：2/3，或在 Slurm、Kubernetes 的工作陣列中用 auto、auto/3',
  'start-at': '第一個負荷階段開始的時刻，例如 2026-12-01T12:00:00Z',
  role: '只發布或只訂閱：這個部分是經過代理伺服器的負荷的一端，由 report --merge 合併兩端；需搭配 --mqtt-url、--part、--start-at',
  'own-target': '放寬對您所負責的遠端伺服器的負荷上限：主機=每秒訊息數，所有部分合計',
  clients: '由誰加負荷（預設：all）',
}

const OPEN = '也在瀏覽器顯示 report.html'

const RENDERING: Said<typeof RENDERING_FLAGS> = {
  format: '印到標準輸出的格式',
  'break-even': '印出每一對傳輸方式：從幾則訊息起哪一個較省',
  full: '印出所有章節，而不只是結論與比較',
  section: `只印這些章節，以逗號分隔：${SECTIONS.join(', ')}`,
  open: OPEN,
  'csv-separator': '--format csv：欄位之間的分隔符號（預設：comma）',
  'csv-decimal': '--format csv：小數點的符號；用 comma 時，欄位以分號分隔',
}

export const RUN: Said<typeof RUN_FLAGS & typeof RUN_POSITIONALS> = {
  ...TARGET,
  ...LOAD,
  ...RENDERING,
  scenario: '「all」（公開的比較）、內建情境的名稱，或情境檔的路徑',
  transports: '傳輸方式或群組，以逗號分隔（預設：各情境所列）',
  measure:
    'bytes、latency、throughput，以逗號分隔（預設：bytes,latency；給了負荷的選項則為 throughput）',
  quick: '較少的延遲樣本：有 p99，沒有 p99.9',
  rounds: '延遲測量的輪數（預設：20，quick 8）',
  'per-round': '每輪每種傳輸方式的訊息數（預設：200，quick 60）',
  messages: '位元組測量或每個負荷階段的訊息數（預設：情境所定，或依其長度）',
  out: 'report.json、results.csv、ledger.csv 的資料夾（預設：results/<UTC 時間>）',
  'header-set': '也重送其他 HTTP 用戶端的標頭：all，或 minimal,curl,browser,… 中的幾個',
  'answer-set': '回應它們的標頭：all，或 minimal,nginx,express,… 中的幾個',
  broker: 'MQTT 3.1.1 用哪個代理伺服器（預設：aedes）；MQTT 5 一律用 mosquitto',
  tls: 'list tls 的 TLS 設定檔，以逗號分隔（預設：情境所定，或 device）',
  'poll-interval': '輪詢的裝置多久問一次指令（預設：1s）',
  'hold-time': '伺服器保留長輪詢多久（預設：30s）',
  'per-wake': '*-wake 的裝置每次醒來送的訊息數（預設：5）',
  link: '延遲測量用的慢速鏈路：list links 的設定檔，或 rtt=…,down=…,up=…',
  loss: '延遲測量時真的丟棄封包，例如 2%；只限 Linux，不能與 --link 並用',
  raw: '也寫 raw.csv：每則測量訊息的各個時刻',
  'link-bytes': '含 TCP 與 IP 標頭的位元組（預設：能測就測）',
  pcap: '也把位元組測量寫成封包，給 Wireshark 看：自帶伺服器的含 TLS 金鑰；你的伺服器的不含金鑰，明文的憑證資料以 x 蓋過',
  inject: '放入故障，看它是否被發現：delay=20ms、drop=3、stray-byte=up、…',
}

export const REPORT: Said<typeof REPORT_FLAGS & typeof REPORT_POSITIONALS> = {
  ...RENDERING,
  file: '一次測量的 report.json，或它的資料夾（預設：results/ 裡最後一次）',
  merge: '合併同一計畫的多份報告：多台機器或多次測量；直方圖相加',
  out: '合併後報告的資料夾',
  plots: '把圖寫成 SVG 放進這個資料夾',
}

const OBSERVED: Said<typeof OBSERVED_FLAGS> = {
  capture: '以這個 pcap 或 pcapng 的內容與基準比較，而不是情境',
  keylog: '--capture：其 TLS 連線的金鑰（SSLKEYLOGFILE）',
  tap: '同上，但取 --listen 與 --to 之間通過的流量，直到結束',
  listen: '--tap：裝置連到哪裡，PORT 或 HOST:PORT',
  to: '--tap：伺服器，HOST:PORT',
  for: '--tap：多久之後結束，例如 30s（預設：到 ctrl-C）',
  connections: '--tap：接受這麼多條連線，最後一條結束就結束',
  name: '在基準裡的名稱（預設：檔案的名稱，或「tap」）',
}

export const CHECK: Said<typeof CHECK_FLAGS & typeof CHECK_POSITIONALS> = {
  ...TARGET,
  ...OBSERVED,
  scenario: '內建情境的名稱、情境檔的路徑，或公開的比較「all」（預設：基準裡有的內建情境）',
  transports: '傳輸方式或群組（預設：各情境所列，且基準裡有的）',
  baseline: '存下的位元組',
  update: '寫入基準；--update=new 只補上它沒有的項目',
  'allow-smaller': '只變小的項目算通過',
  'self-test': '每處多一個位元組、延遲多 25 %：關卡沒有全部發現就算失敗',
  latency: '與參考比較延遲，而不是與基準比較位元組',
  reference: '--latency：本套件另一個已安裝版本的資料夾',
  'reference-http-url': '--latency：與 --http-url 比較的 HTTP 伺服器',
  'reference-mqtt-url': '--latency：與 --mqtt-url 比較的代理伺服器',
  messages:
    '對自己的伺服器測位元組的訊息數；--latency：每次分支中每一邊的訊息數（預設：9920；遠端伺服器 100）',
  strict: '--latency：沒有判定時以 3 結束',
  format: '印到標準輸出的格式',
  junit: '也把 JUnit XML 寫到這個檔案',
}

export const INSPECT: Said<typeof INSPECT_FLAGS & typeof INSPECT_POSITIONALS> = {
  ...TARGET,
  what: '內建情境、情境檔，或擷取檔（pcap、pcapng，或其 gzip；- 為標準輸入）',
  transports: '傳輸方式或群組，以逗號分隔（預設：情境所列）',
  messages: '每種傳輸方式送幾則訊息（預設：1）',
  format: '印到標準輸出的格式；csv 只用於擷取檔',
  pcap: '也把往來寫成封包，給 Wireshark 看',
  keylog: '擷取檔：其 TLS 連線的金鑰（SSLKEYLOGFILE）',
  port: '擷取檔：只看這個連接埠的連線',
  host: '擷取檔：只看這個位址的連線',
  protocol: '擷取檔：只看這個協定，例如 mqtt、http/1.1、TLS',
  full: '擷取檔：每一條連線，各有明細',
  'save-heads':
    '擷取檔：把其中 HTTP/1.1 的標頭寫到該資料夾，機密以 x 代替，供 http.request.head 使用',
  broker: 'MQTT 3.1.1 用哪個代理伺服器（預設：aedes）',
  tls: 'list tls 的一個 TLS 設定檔（預設：情境所定，或 device）',
}

export const TAP: Said<typeof TAP_FLAGS & typeof TAP_POSITIONALS> = {
  file: '有數組 --listen、--to 與其他設定的 YAML 檔',
  listen: '裝置連到哪裡：PORT（loopback；0 為任意）或 HOST:PORT；CoAP 前面加 udp:',
  to: '伺服器，HOST:PORT；IPv6 用方括號；數個時，照順序各對一個 --listen',
  out: 'report.json、ledger.csv 與 topics.csv 的資料夾（預設：results/<UTC 時間>）',
  format: '結束時印到標準輸出的格式',
  pcap: '也把通過的流量寫成封包，給 Wireshark 看；內含一切，也含密碼',
  'pcap-limit': '那個檔案到多少位元組就截斷（預設：1073741824）',
  metrics: '在 /metrics 提供數字給 Prometheus：PORT（loopback；0 為任意）或 HOST:PORT',
  topics: '--metrics：分開計算像 plant/+/temp 的主題與路徑；可重複',
  baseline: '--metrics：把每個單元與 check --tap 或 check --capture 的這個檔案比對',
  name: '--baseline：它在檔案裡的名稱（預設：唯一的一個，或「tap」）',
  rotate: '每這麼久或這麼多就各有一份報告與擷取檔：1h、1d、100MB',
  keep: '--rotate：保留這麼多份，或這麼大：168、10GB（預設：全部）',
  for: '多久之後結束，例如 30s 或 5min（預設：到 ctrl-C）',
  host: '只讀這個位址的連線；其他的照樣轉送並計數',
  protocol: '只報告這個協定，例如 mqtt、http/1.1、TLS；其餘只計數',
  connections: '接受這麼多條連線，最後一條結束就結束',
}

export const LIST: Said<typeof LIST_FLAGS & typeof LIST_POSITIONALS> = {
  what: '只列這些（預設：全部）',
  format: '印到標準輸出的格式',
}

export const COMPARE: Said<typeof COMPARE_FLAGS & typeof COMPARE_POSITIONALS> = {
  a: '一次測量的 report.json 或它的資料夾；通常是較早的',
  b: '另一次',
  open: OPEN,
  format: '印到標準輸出的格式',
}

export const FLEET: Said<typeof FLEET_FLAGS & typeof FLEET_POSITIONALS> = {
  file: '裝置群檔案：裝置數、訊息、時程、連線，以及由什麼計費',
  from: '位元組取自存下的報告或它的資料夾，不測量',
  'link-bytes': '在推算之外也計算封包數（預設：能測則測）',
  format: '印到標準輸出的格式',
  full: '印出全文：每項改變、假設與出處',
  out: '放 fleet.json、fleet.csv、fleet.html 與測得的 report.json 的資料夾',
}

const GROUPS: Readonly<Record<string, string>> = {
  'Your own servers:': '您自己的伺服器：',
  'What a device of your own sends:': '您自己的裝置所送的：',
}

/** The same flags, told in the language that is spoken. */
export function told<Flags extends Readonly<Record<string, Options>>>(
  flags: Flags,
  chinese: Said<Flags>,
): Flags {
  if (spokenLanguage() === 'en') return flags
  const entries = Object.entries(flags).map(([name, flag]) => [
    name,
    {
      ...flag,
      describe: chinese[name as keyof Flags],
      ...(flag.group !== undefined && { group: GROUPS[flag.group] ?? flag.group }),
    },
  ])
  return Object.fromEntries(entries) as Flags
}
