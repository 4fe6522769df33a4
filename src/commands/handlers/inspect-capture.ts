import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HeadCollector, type SavedHead } from '../../export/capture/heads.ts'
import { renderCapture } from '../../export/capture/index.ts'
import { describeSystemError, InstrumentError } from '../../model/errors.ts'
import type { CapturedConnection, CaptureLedger } from '../../model/report/tap/captured.ts'
import { speaks } from '../../model/report/tap/speaks.ts'
import { formatBytes } from '../../model/text/format.ts'
import { parseHostPort } from '../../model/text/host-port.ts'
import { catalogue, named } from '../../model/text/language.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { DissectorSink } from '../../model/wire/frame.ts'
import { isGiven, targetOptions } from '../../plan/options.ts'
import { readFileCapped } from '../../scenario/read-file.ts'
import { makeFolders } from '../../system/make-folders.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import { createProgress } from '../../terminal/progress.ts'
import { AccountsInThread } from '../../wire/capture/accounts/accounts-in-thread.ts'
import { AccountsHere } from '../../wire/capture/accounts/connection-accounts.ts'
import { CaptureAccount } from '../../wire/capture/capture-ledger.ts'
import { speechName } from '../../wire/capture/sum-connections.ts'
import type { FrameListener } from '../../wire/detection/detected-connection.ts'
import type { InspectArguments } from '../flags/inspect.ts'
import { type CaptureInput, openCaptureInput } from './capture-input.ts'

const say = catalogue({
  en: {
    unwritable: (folder: string, why: string) =>
      `--save-heads: ${folder}: cannot be written: ${why}`,
    heads: (count: number, folder: string) => `${count} heads written to ${folder}`,
    noCapture: (name: string) =>
      `${name}: is neither pcap nor pcapng; give a file that tcpdump or Wireshark wrote`,
    read: (name: string, bytes: string, all: string | null) =>
      `${name}: ${bytes}${all === null ? '' : ` of ${all}`} read`,
    scenarioOnly: (flag: string) =>
      `--${flag}: is for a scenario, and a capture file was given; leave it out`,
  },
  'zh-TW': {
    unwritable: (folder, why) => `--save-heads：${folder}：無法寫入：${why}`,
    heads: (count, folder) => `${count} 個標頭已寫入 ${folder}`,
    noCapture: (name) => `${name}：不是 pcap 也不是 pcapng；請給 tcpdump 或 Wireshark 寫出的檔案`,
    read: (name, bytes, all) => `${name}：已讀 ${bytes}${all === null ? '' : `，共 ${all}`}`,
    scenarioOnly: (flag) => `--${flag}：用於情境，但給的是擷取檔；請拿掉它`,
  },
})

const MAX_KEY_LOG_BYTES = 16 * 1024 * 1024
const CODES = { missing: 'capture-unreadable', unusable: 'capture-unreadable' } as const
/** What is smaller is read before anybody could read how far it is. */
const PROGRESS_FROM_BYTES = 20 * 1024 * 1024
const THREAD_FROM_BYTES = 8 * 1024 * 1024

/** `inspect` of a capture file: read, account, print. */
export async function inspectCapture(
  { what, format, keylog, full, port, host, protocol, ...given }: InspectArguments,
  signal: AbortSignal,
): Promise<void> {
  const { 'save-heads': folder, ...others } = given
  refuseRunOptions(others)
  const isWanted = wanted({ port, host, protocol })
  const heads = new HeadCollector()
  const ledger = await readCaptureFile(what, {
    ...{ keylog, signal, isWanted },
    ...(folder !== undefined && {
      onHead: (direction: Direction, lines: readonly string[]) => heads.add(direction, lines),
    }),
  })
  if (folder !== undefined) await saveHeads(folder, heads.list())
  const extent = full ? 'full' : 'short'
  await writeOutput(renderCapture(format, ledger, { ...renderOptions(), extent }))
}

/** @throws InstrumentError `usage` where they cannot be written */
async function saveHeads(folder: string, heads: readonly SavedHead[]): Promise<void> {
  try {
    await makeFolders(folder)
    for (const { name, text } of heads) {
      await writeFile(join(folder, name), Buffer.from(text, 'latin1'))
    }
  } catch (error) {
    throw new InstrumentError('usage', say.unwritable(folder, describeSystemError(error)), {
      cause: error,
    })
  }
  process.stderr.write(`${say.heads(heads.length, folder)}\n`)
}

/**
 * The ledger of a capture file.
 * @throws InstrumentError `capture-unreadable`; the reason of a signal that stops it
 */
export async function readCaptureFile(
  path: string,
  {
    keylog,
    signal,
    onFrame,
    onHead,
    isWanted,
  }: {
    keylog: string | undefined
    signal: AbortSignal
    onFrame?: FrameListener
    onHead?: DissectorSink['head']
    isWanted?: (connection: CapturedConnection) => boolean
  },
): Promise<CaptureLedger> {
  const secrets = await readKeyLog(keylog)
  const input = await openCaptureInput(path)
  const isHere = onFrame !== undefined || onHead !== undefined || !isLarge(input)
  await using thread = isHere ? null : new AccountsInThread()
  const accounts = thread ?? new AccountsHere({ onFrame, onHead })
  const account = CaptureAccount.open(input.head, input.name, secrets, { accounts, onFrame })
  if (account === null) {
    throw new InstrumentError('capture-unreadable', say.noCapture(input.name))
  }
  const progress = progressOf(input)
  for await (const bytes of input.bytes) {
    signal.throwIfAborted()
    account.add(bytes)
    await accounts.room()
    progress.update()
  }
  await account.finish()
  progress.done()
  const problem = input.problem()
  if (problem !== null) account.remark(problem)
  return account.end(isWanted)
}

/** Of less a thread of its own would take longer to start than it saves; of a pipe nobody knows. */
const isLarge = ({ storedBytes }: CaptureInput): boolean =>
  storedBytes === null || storedBytes > THREAD_FROM_BYTES

/** Which connections `--port`, `--host` and `--protocol` name. */
function wanted({ port, host, protocol }: Pick<InspectArguments, 'port' | 'host' | 'protocol'>) {
  return (connection: CapturedConnection): boolean => {
    const places = [connection.client, connection.server].map(parseHostPort)
    return (
      (port === undefined || places.some((place) => place?.port === port)) &&
      (host === undefined || places.some((place) => place?.host === host)) &&
      (protocol === undefined || speaks(speechName(connection), protocol))
    )
  }
}

/** How much is read, a hundred times at most. */
function progressOf({ name, storedBytes, readBytes }: CaptureInput) {
  const progress = createProgress(process.stderr)
  const step = Math.max(PROGRESS_FROM_BYTES, (storedBytes ?? 0) / 100)
  const all = storedBytes === null ? null : formatBytes(storedBytes)
  let saidBytes = 0
  return {
    update(): void {
      if (readBytes() - saidBytes < step) return
      saidBytes = readBytes()
      progress.update(say.read(name, formatBytes(saidBytes), all))
    },
    done: () => progress.done(),
  }
}

function refuseRunOptions(
  options: Omit<
    InspectArguments,
    'what' | 'format' | 'keylog' | 'full' | 'port' | 'host' | 'protocol' | 'save-heads'
  >,
): void {
  const { transports, pcap, broker, messages } = options
  const all = { transports, pcap, broker, messages, ...targetOptions(options) }
  const given = Object.entries(all).find(([, value]) => isGiven(value))
  if (given === undefined) return
  throw new InstrumentError('usage', say.scenarioOnly(given[0]))
}

async function readKeyLog(path: string | undefined): Promise<string[]> {
  if (path === undefined) return []
  const bytes = await readFileCapped(path, MAX_KEY_LOG_BYTES, named('--keylog', path), CODES)
  return Buffer.from(bytes).toString('latin1').split(/\r?\n/)
}
