import { open } from 'node:fs/promises'
import { renderCapture } from '../../export/capture/index.ts'
import { InstrumentError } from '../../model/errors.ts'
import { isGiven, targetOptions } from '../../plan/options.ts'
import { readFileCapped } from '../../scenario/read-file.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import { readCaptureLedger } from '../../wire/capture/capture-ledger.ts'
import { readCapture } from '../../wire/capture/files/read-capture.ts'
import type { InspectArguments } from '../flags/inspect.ts'

/** A capture is read into memory; a larger one is cut first. */
const MAX_CAPTURE_BYTES = 512 * 1024 * 1024
const MAX_KEY_LOG_BYTES = 16 * 1024 * 1024
/** As much as tells a capture file from another. */
const HEAD_BYTES = 24
const CODES = { missing: 'capture-unreadable', unusable: 'capture-unreadable' } as const

/** Whether a word of the command line means a capture: by its name, or by how the file begins. */
export async function isCapture(path: string): Promise<boolean> {
  if (/\.(pcap|pcapng|cap)$/i.test(path)) return true
  try {
    await using file = await open(path, 'r')
    const head = new Uint8Array(HEAD_BYTES)
    await file.read(head, 0, HEAD_BYTES, 0)
    return readCapture(head) !== null
  } catch {
    // Whoever reads it as something else says what is wrong.
    return false
  }
}

/** `inspect` of a capture file: read, account, print. */
export async function inspectCapture({
  what,
  format,
  keylog,
  ...others
}: InspectArguments): Promise<void> {
  refuseRunOptions(others)
  const file = await readFileCapped(what, MAX_CAPTURE_BYTES, what, CODES)
  const ledger = readCaptureLedger(file, what, await readKeyLog(keylog))
  if (ledger === null) {
    throw new InstrumentError(
      'capture-unreadable',
      `${what}: is neither pcap nor pcapng; give a file that tcpdump or Wireshark wrote`,
    )
  }
  await writeOutput(renderCapture(format, ledger, renderOptions()))
}

function refuseRunOptions(options: Omit<InspectArguments, 'what' | 'format' | 'keylog'>): void {
  const { transports, pcap, broker, messages } = options
  const all = { transports, pcap, broker, messages, ...targetOptions(options) }
  const given = Object.entries(all).find(([, value]) => isGiven(value))
  if (given === undefined) return
  throw new InstrumentError(
    'usage',
    `--${given[0]}: is for a scenario, and a capture file was given; leave it out`,
  )
}

async function readKeyLog(path: string | undefined): Promise<string[]> {
  if (path === undefined) return []
  const bytes = await readFileCapped(path, MAX_KEY_LOG_BYTES, `--keylog: ${path}`, CODES)
  return Buffer.from(bytes).toString('latin1').split(/\r?\n/)
}
