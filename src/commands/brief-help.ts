import { catalogue } from '../model/text/language.ts'

/** What a newcomer needs of `run`, on one screen of 24 lines and 80 columns; `--help-all` has the rest. */
const say = catalogue({
  en: {
    run: `mqtt-vs-http run [scenario..]

Measure scenarios on transports and judge their claims.

  scenario          all (the published comparison), names of list scenarios, or
                    paths of scenario files (default: all)
  -t, --transports  ids or groups of list transports, separated by commas
      --measure     bytes,latency,throughput (default: bytes,latency)
      --quick       fewer latency samples
  -o, --out         folder of the results (default: results/<UTC time>)
      --format      table, csv, json, markdown or html on stdout
      --full        every section, not only the answer and the comparison
      --open        show report.html in the browser too
      --link        a slow link of list links: 3G, NB-IoT, ...
      --tls         a TLS profile of list tls
      --http-url    your HTTP server in place of the embedded one
      --mqtt-url    your broker in place of the embedded one
      --lang        en or zh-TW
      --help-all    every option

Examples:
  mqtt-vs-http run all
  mqtt-vs-http run json -t http1,mqtt-qos1 --measure bytes
  mqtt-vs-http run ./my-sensor.yaml --out results/mine`,
  },
  'zh-TW': {
    run: `mqtt-vs-http run [scenario..]

以各種傳輸方式測量情境，並判定其說法。

  scenario          all（公開的比較）、list scenarios 的名稱，
                    或情境檔的路徑（預設：all）
  -t, --transports  list transports 的傳輸方式或群組，以逗號分隔
      --measure     bytes,latency,throughput（預設：bytes,latency）
      --quick       較少的延遲樣本
  -o, --out         結果的資料夾（預設：results/<UTC 時間>）
      --format      標準輸出的格式：table、csv、json、markdown 或 html
      --full        所有章節，而不只是結論與比較
      --open        也在瀏覽器顯示 report.html
      --link        list links 的慢速鏈路：3G、NB-IoT……
      --tls         list tls 的 TLS 設定檔
      --http-url    測量您的 HTTP 伺服器，而不是內建的
      --mqtt-url    測量您的代理伺服器，而不是內建的
      --lang        en 或 zh-TW
      --help-all    所有選項

範例：
  mqtt-vs-http run all
  mqtt-vs-http run json -t http1,mqtt-qos1 --measure bytes
  mqtt-vs-http run ./my-sensor.yaml --out results/mine`,
  },
})

/** Null where a command has one help alone, or the whole of it is asked for. */
export function briefHelp(words: readonly string[]): string | null {
  const command = words.find((word) => !word.startsWith('-'))
  const isAsked = words.some((word) => word === '--help' || word === '-h')
  return command === 'run' && isAsked && !words.includes('--help-all') ? say.run : null
}
