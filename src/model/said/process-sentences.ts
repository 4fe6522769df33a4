import { translations } from '../text/language.ts'
import { wirePhrase } from '../wire/phrases/wire-phrase.ts'

/** What Node says of them in English, with the path in it. */
const SYSTEM_ERRORS = {
  EACCES: '沒有權限',
  EADDRINUSE: '位址已有程式使用',
  EADDRNOTAVAIL: '這台機器沒有這個位址',
  EBUSY: '正在使用中',
  ECONNREFUSED: '那裡沒有程式在接聽',
  ECONNRESET: '對方重設了連線',
  EDQUOT: '磁碟配額已用完',
  EEXIST: '已經存在',
  EFBIG: '檔案太大',
  EIO: '讀寫發生錯誤',
  EISDIR: '它是資料夾，不是檔案',
  ELOOP: '它是循環的符號連結',
  EMFILE: '開啟的檔案太多',
  ENAMETOOLONG: '名稱太長',
  ENOENT: '沒有這個檔案或資料夾',
  ENOSPC: '磁碟已滿',
  ENOTDIR: '路徑中有一段不是資料夾',
  ENOTFOUND: '查不到這個主機名稱',
  EPERM: '不被允許',
  EROFS: '檔案系統是唯讀的',
} as const

export interface Titled {
  title: string
}

export interface Late extends Titled {
  command: string
  seconds: number
}

export interface TapConnectionNamed {
  number: number
  client: string
}

export interface NotExplained extends TapConnectionNamed {
  protocol: string
  direction: string
  reason: string
}

/** Of processes and programs, of the machine and its network, of files that are written. */
export const PROCESS_SENTENCES = translations({
  en: {
    because: ({ what, why }: { what: string; why: string }) => `${what}: ${why}`,
    systemError: ({ text }: { code: string; text: string }) => text,
    noProgramStart: ({ program, why }: { program: string; why: string }) =>
      `${program} cannot be started: ${why}`,
    programEnded: ({ program }: { program: string }) => `${program} ended unexpectedly`,
    programNotStarted: ({ program }: { program: string }) => `${program} did not start`,
    programNotListening: ({ program }: { program: string }) => `${program} does not listen`,
    programSilent: ({ program }: { program: string }) => `${program} did not say that it runs`,
    openFiles: ({ advised }: { advised: number }) =>
      `too many open files: raise it with ulimit -n ${advised}, or use fewer subscribers or connections`,
    openFilesOf: ({ limit, advised }: { limit: number; advised: number }) =>
      `too many open files (this process may open ${limit}): raise it with ulimit -n ${advised}, or use fewer subscribers or connections`,
    openFilesOfMachine: () =>
      'too many open files on the whole machine: end programs that hold many, or raise it with sysctl fs.file-max',
    loadProcess: () => 'the load process',
    loadProcessOf: ({ number }: { number: number }) => `load process ${number}`,
    loadProcessOfArm: ({ arm }: { arm: string }) => `the load process of the ${arm} arm`,
    endpointProcess: () => 'the endpoint process',
    endpointProcessOfArm: ({ arm }: { arm: string }) => `the endpoint process of the ${arm} arm`,
    shapingProcess: () => 'the shaping process',
    linkProcess: ({ who }: { who: string }) => `the link's process of ${who}`,
    processNotStarted: ({ title, why }: Titled & { why: string }) =>
      `${title} could not be started: ${why}`,
    processEnded: ({ title, how }: Titled & { how: string }) =>
      `${title} ended unexpectedly (${how})`,
    processStopped: ({ title }: Titled) => `${title} was stopped`,
    processNotUp: ({ title, seconds, machine }: Titled & { seconds: number; machine: string }) =>
      `${title} did not come up within ${seconds} s: ${machine}`,
    processWaits: ({ title, command, seconds }: Late) =>
      `${title} did not answer "${command}" within ${seconds} s, though it lives: it waits for something that does not come`,
    processHangs: ({ title, command, seconds, machine }: Late & { machine: string }) =>
      `${title} did not answer "${command}" within ${seconds} s, nor a question whether it lives: it hangs, or ${machine}`,
    machineBusy: ({ load, cpus }: { load: string; cpus: number }) =>
      `the machine is busy (load average ${load} on ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}); run again when it is quieter, or with fewer transports at a time`,
    machineCalm: ({ load, cpus }: { load: string; cpus: number }) =>
      `the machine does not look busy (load average ${load} on ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}), so a slow disk or a limit on CPU time may be the cause; run again, or with fewer transports at a time`,
    notDoneWithin: ({ seconds }: { seconds: number }) => `was not done within ${seconds} s`,
    nothingMoved: ({ seconds }: { seconds: number }) => `nothing moved for ${seconds} s`,
    installAsDebian: ({ line }: { line: string }) =>
      `whatever installs it here; for Debian it is ${line}`,
    linuxOnly: ({ platform }: { platform: string }) =>
      `network namespaces exist on Linux only, this is ${platform}`,
    notInstalled: ({ name, install }: { name: string; install: string }) =>
      `${name} is not installed: ${install}`,
    noNamespace: ({ why }: { why: string }) => `no network namespace can be made here (${why})`,
    namespaceEnded: ({ program }: { program: string }) => `${program} ended`,
    noLoss: ({ why }: { why: string }) =>
      `--loss: packets are lost for real, in a network namespace of our own, or not at all: ${why}`,
    noTcpFigure: ({ name }: { name: string }) => `/proc/net/snmp has no ${name} of TCP`,
    noDropRule: () => 'iptables lists no rule that drops',
    lossHow: () =>
      'iptables, statistic match, on both ends of a veth between two network namespaces',
    probeCannotListen: ({ host, why }: { host: string; why: string }) =>
      `the probe cannot listen on ${host}: ${why}`,
    relayCannotListen: ({ host, why }: { host: string; why: string }) =>
      `the relay cannot listen on ${host}: ${why}`,
    relayStopped: () => 'the relay was stopped',
    relayStoppedEarly: () => 'the relay was stopped before it could listen',
    relayNotAccepted: () => 'a connection could not be accepted',
    relayClientBroke: () => 'the connection from the client broke',
    relayTargetBroke: ({ place }: { place: string }) => `the connection to ${place} broke`,
    relayCannotConnect: ({ place }: { place: string }) => `cannot connect to ${place}`,
    relaySocketBroke: () => 'the socket towards the client broke',
    relayUnreachable: ({ place }: { place: string }) => `${place} cannot be reached`,
    noLongPort: ({ tries }: { tries: number }) =>
      `the relay was given no port of five digits in ${tries} tries; the system's range of ephemeral ports should lie above 9999`,
    watchLost: ({ why }: { why: string }) =>
      `the subscriber that tells of arrivals is gone: ${why}`,
    notAnsweredWithin: ({ url, seconds }: { url: string; seconds: number }) =>
      `${url} has not answered within ${seconds} s; give it longer with --timeout, or check that it speaks the protocol of its URL`,
    nonePassedOn: ({ url, messages }: { url: string; messages: number }) =>
      `${url} took ${messages} messages and passed none of them on to the subscriber that tells of arrivals; let its access rules allow this user to publish and to subscribe to the topic, or measure without it: --arrivals untold`,
    pcapUnwritable: ({ path, why }: { path: string; why: string }) =>
      `--pcap: ${path} cannot be written (${why}); name a file that can`,
    folderUnwritable: ({ flag, path, why }: Record<'flag' | 'path' | 'why', string>) =>
      `${flag}: ${path} cannot be written (${why}); name a folder that can`,
    noFolder: () => 'it is a file, not a folder',
    pcapCut: ({ path, why }: { path: string; why: string }) => `--pcap: ${path} is cut off: ${why}`,
    metricsUnlistenable: ({ place, why }: { place: string; why: string }) =>
      `--metrics: cannot listen on ${place} (${why}); name a place that is free, or port 0 for any`,
    tapUnexplained: ({ number, client, protocol, direction, reason }: NotExplained) =>
      `connection ${number} from ${client}, ${protocol}, ${direction}: ${reason}; it is passed on all the same`,
    tapLost: ({ reason }: { reason: string }) => `a connection could not be accepted: ${reason}`,
    tapUnreachable: ({ number, client, fault }: TapConnectionNamed & { fault: string }) =>
      `connection ${number} from ${client}: ${fault}`,
    tapMoreOfKind: ({ remark }: { remark: string }) =>
      `${remark} (more of this kind are counted, and not said)`,
    tapUnread: ({ reason }: { reason: string }) =>
      `what crosses is not read any more, and passed on all the same: ${reason}`,
    skippedInParts: ({ skipped, of }: { skipped: number; of: number }) =>
      `skipped in ${skipped} of ${of} parts`,
  },
  'zh-TW': {
    because: ({ what, why }) => `${what}：${why}`,
    systemError: ({ code, text }) =>
      isSystemError(code) ? `${SYSTEM_ERRORS[code]}，${code}` : `（原文）${text}`,
    noProgramStart: ({ program, why }) => `無法啟動 ${program}：${why}`,
    programEnded: ({ program }) => `${program} 意外結束`,
    programNotStarted: ({ program }) => `${program} 沒有啟動成功`,
    programNotListening: ({ program }) => `${program} 沒有在接聽`,
    programSilent: ({ program }) => `${program} 沒有表示已開始運作`,
    openFiles: ({ advised }) =>
      `開啟的檔案太多：請用 ulimit -n ${advised} 調高上限，或減少訂閱者或連線`,
    openFilesOf: ({ limit, advised }) =>
      `開啟的檔案太多（這個程序至多可開 ${limit} 個）：請用 ulimit -n ${advised} 調高上限，或減少訂閱者或連線`,
    openFilesOfMachine: () =>
      '整台機器開啟的檔案太多：請結束佔用許多檔案的程式，或用 sysctl fs.file-max 調高上限',
    loadProcess: () => '負荷程序',
    loadProcessOf: ({ number }) => `負荷程序 ${number}`,
    loadProcessOfArm: ({ arm }) => `${arm} 組的負荷程序`,
    endpointProcess: () => '端點程序',
    endpointProcessOfArm: ({ arm }) => `${arm} 組的端點程序`,
    shapingProcess: () => '模擬鏈路的程序',
    linkProcess: ({ who }) => `鏈路的 ${who} 程序`,
    processNotStarted: ({ title, why }) => `${title}無法啟動：${why}`,
    processEnded: ({ title, how }) => `${title}意外結束（${how}）`,
    processStopped: ({ title }) => `${title}已中止`,
    processNotUp: ({ title, seconds, machine }) => `${title}在 ${seconds} 秒內沒有就緒：${machine}`,
    processWaits: ({ title, command, seconds }) =>
      `${title}在 ${seconds} 秒內沒有回應「${command}」，但它還活著：它在等不會來的東西`,
    processHangs: ({ title, command, seconds, machine }) =>
      `${title}在 ${seconds} 秒內沒有回應「${command}」，也不回應它是否還活著：它卡住了，或${machine}`,
    machineBusy: ({ load, cpus }) =>
      `機器忙碌（平均負載 ${load}，${cpus} 個 CPU）；請在較空閒時再執行，或一次少測幾種傳輸方式`,
    machineCalm: ({ load, cpus }) =>
      `機器看來不忙（平均負載 ${load}，${cpus} 個 CPU），原因可能是磁碟慢或 CPU 時間受限；請再執行一次，或一次少測幾種傳輸方式`,
    notDoneWithin: ({ seconds }) => `${seconds} 秒內沒有完成`,
    nothingMoved: ({ seconds }) => `${seconds} 秒沒有任何進展`,
    installAsDebian: ({ line }) => `以這裡的安裝方式；在 Debian 是 ${line}`,
    linuxOnly: ({ platform }) => `只有 Linux 有網路命名空間，這裡是 ${platform}`,
    notInstalled: ({ name, install }) => `沒有安裝 ${name}：${install}`,
    noNamespace: ({ why }) => `這裡無法建立網路命名空間（${why}）`,
    namespaceEnded: ({ program }) => `${program} 結束了`,
    noLoss: ({ why }) => `--loss：封包只在自己的網路命名空間裡真正遺失，否則不測：${why}`,
    noTcpFigure: ({ name }) => `/proc/net/snmp 沒有 TCP 的 ${name}`,
    noDropRule: () => 'iptables 沒有列出丟棄封包的規則',
    lossHow: () => 'iptables 的 statistic match，在兩個網路命名空間之間 veth 的兩端',
    probeCannotListen: ({ host, why }) => `探測用的伺服器無法在 ${host} 上接聽：${why}`,
    relayCannotListen: ({ host, why }) => `轉送程式無法在 ${host} 上接聽：${why}`,
    relayStopped: () => '轉送程式已中止',
    relayStoppedEarly: () => '轉送程式在開始接聽之前就中止了',
    relayNotAccepted: () => '無法接受一條連線',
    relayClientBroke: () => '來自用戶端的連線中斷',
    relayTargetBroke: ({ place }) => `與 ${place} 的連線中斷`,
    relayCannotConnect: ({ place }) => `無法連線到 ${place}`,
    relaySocketBroke: () => '對用戶端的 socket 中斷',
    relayUnreachable: ({ place }) => `連不到 ${place}`,
    noLongPort: ({ tries }) =>
      `轉送程式試了 ${tries} 次都沒有得到五位數的連接埠；系統的臨時連接埠範圍應在 9999 以上`,
    watchLost: ({ why }) => `回報到達的訂閱者不在了：${why}`,
    notAnsweredWithin: ({ url, seconds }) =>
      `${url} 在 ${seconds} 秒內沒有回應；請用 --timeout 給它更長的時間，或檢查它是否使用 URL 的協定`,
    nonePassedOn: ({ url, messages }) =>
      `${url} 收下 ${messages} 則訊息，卻沒有一則轉給回報到達的訂閱者；請讓它的存取規則允許這個使用者發布與訂閱該主題，或不測量到達：--arrivals untold`,
    pcapUnwritable: ({ path, why }) => `--pcap：無法寫入 ${path}（${why}）；請指定可寫入的檔案`,
    folderUnwritable: ({ flag, path, why }) =>
      `${flag}：無法寫入 ${path}（${why}）；請指定可寫入的資料夾`,
    noFolder: () => '它是檔案，不是資料夾',
    pcapCut: ({ path, why }) => `--pcap：${path} 中途截斷：${why}`,
    metricsUnlistenable: ({ place, why }) =>
      `--metrics：無法在 ${place} 上接聽（${why}）；請指定沒有使用中的位置，或用連接埠 0 由系統選擇`,
    tapUnexplained: ({ number, client, protocol, direction, reason }) =>
      `來自 ${client} 的連線 ${number}，${protocol}，${direction === 'up' ? '上行' : '下行'}：${wirePhrase(reason)}；仍照樣轉送`,
    tapLost: ({ reason }) => `無法接受一條連線：${reason}`,
    tapUnreachable: ({ number, client, fault }) =>
      `來自 ${client} 的連線 ${number}：${wirePhrase(fault)}`,
    tapMoreOfKind: ({ remark }) => `${remark}（同類的其餘只計數，不再提示）`,
    tapUnread: ({ reason }) => `經過的內容不再讀取，仍照樣轉送：${wirePhrase(reason)}`,
    skippedInParts: ({ skipped, of }) => `${of} 個部分中有 ${skipped} 個略過`,
  },
})

const isSystemError = (code: string): code is keyof typeof SYSTEM_ERRORS =>
  Object.hasOwn(SYSTEM_ERRORS, code)
