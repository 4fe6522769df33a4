import { translations } from '../text/language.ts'

/** Of processes, of the machine, and of what is started on it. */
export const PROCESS_SENTENCES = translations({
  en: {
    because: ({ what, why }: { what: string; why: string }) => `${what}: ${why}`,
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
  },
  'zh-TW': {
    because: ({ what, why }) => `${what}：${why}`,
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
  },
})
