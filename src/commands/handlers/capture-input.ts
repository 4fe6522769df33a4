import { open } from 'node:fs/promises'
import { type Duplex, PassThrough, Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { describeSystemError, InstrumentError } from '../../model/errors.ts'
import { catalogue } from '../../model/text/language.ts'
import type { WirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import {
  CAPTURE_HEAD_BYTES as HEAD_BYTES,
  isCaptureHead,
} from '../../wire/capture/files/read-capture.ts'

const say = catalogue({
  en: {
    foreign: {
      snoop: 'a capture of snoop',
      btsnoop: 'a capture of btsnoop',
      sniffer: 'a capture of Sniffer',
      netmon: 'a capture of Microsoft’s Network Monitor',
      iptrace: 'a capture of AIX iptrace',
      altered: 'a pcap with altered packet headers',
      xz: 'packed with xz',
      bzip2: 'packed with bzip2',
      lz4: 'packed with lz4',
      zip: 'a zip archive',
    },
    convert: (command: string) => `"${command}" of Wireshark makes one that is`,
    unpack: (command: string) => `"${command}" is`,
    notRead: (name: string, what: string, remedy: string) =>
      `${name}: is ${what}, which is not read; ${remedy}`,
    empty: (name: string, bytes: number) =>
      `${name}: is empty; a capture begins with a header of ${bytes} bytes`,
    standardInput: 'standard input',
    directory: (path: string) => `${path}: is a directory; give a file`,
    unreadable: (name: string, why: string) => `${name}: cannot be read: ${why}`,
    noZstd: (name: string, node: string) =>
      `${name}: is packed with zstd, which Node.js ${node} cannot unpack; Node.js 22.15 or newer can, and so can "zstd -dc ${name} | npx mqtt-vs-http inspect -"`,
  },
  'zh-TW': {
    foreign: {
      snoop: 'snoop 的擷取檔',
      btsnoop: 'btsnoop 的擷取檔',
      sniffer: 'Sniffer 的擷取檔',
      netmon: 'Microsoft Network Monitor 的擷取檔',
      iptrace: 'AIX iptrace 的擷取檔',
      altered: '封包標頭經過改動的 pcap',
      xz: '以 xz 壓縮的檔案',
      bzip2: '以 bzip2 壓縮的檔案',
      lz4: '以 lz4 壓縮的檔案',
      zip: 'zip 壓縮檔',
    },
    convert: (command) => `請用 Wireshark 的 "${command}" 轉換`,
    unpack: (command) => `請用 "${command}"`,
    notRead: (name, what, remedy) =>
      `${name}：是${/^[a-z]/i.test(what) ? ' ' : ''}${what}，無法讀取；${remedy}`,
    empty: (name, bytes) => `${name}：是空的；擷取檔以 ${bytes} 位元組的標頭開始`,
    standardInput: '標準輸入',
    directory: (path) => `${path}：是資料夾；請給檔案`,
    unreadable: (name, why) => `${name}：無法讀取：${why}`,
    noZstd: (name, node) =>
      `${name}：以 zstd 壓縮，Node.js ${node} 無法解開；Node.js 22.15 以上可以，也可以用 "zstd -dc ${name} | npx mqtt-vs-http inspect -"`,
  },
})

/** The word for what comes in by a pipe. */
export const STANDARD_INPUT = '-'

/** A compressed file says nothing of its size; what is larger is unpacked by whoever means it. */
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3
const CHUNK_BYTES = 256 * 1024

/** By how a file begins. */
const COMPRESSED = { gzip: '1f8b', zstd: '28b52ffd' } as const

/** Files that hold packets, or packed ones, in a form that is not read, and what turns them into one that is. */
const FOREIGN: readonly [
  magic: string,
  name: keyof typeof say.foreign,
  remedy: (path: string) => string,
][] = [
  ...(
    [
      [hexOf('snoop\0'), 'snoop'],
      [hexOf('btsnoop\0'), 'btsnoop'],
      [hexOf('TRSNIFF'), 'sniffer'],
      [hexOf('RTSS'), 'netmon'],
      [hexOf('GMBU'), 'netmon'],
      [hexOf('iptrace'), 'iptrace'],
      ['a1b2cd34', 'altered'],
      ['34cdb2a1', 'altered'],
    ] as const
  ).map(([magic, name]): (typeof FOREIGN)[number] => [
    ...([magic, name] as const),
    (path) => say.convert(`editcap -F pcapng ${path} capture.pcapng`),
  ]),
  ['fd377a585a00', 'xz', unpackWith('xz -dc')],
  [hexOf('BZh'), 'bzip2', unpackWith('bzip2 -dc')],
  ['04224d18', 'lz4', unpackWith('lz4 -dc')],
  ['504b0304', 'zip', unpackWith('unzip -p')],
]

function hexOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}

function unpackWith(program: string): (path: string) => string {
  return (path) => say.unpack(`${program} ${path} | npx mqtt-vs-http inspect -`)
}

const begins = (head: Uint8Array, magic: string): boolean =>
  Buffer.from(head).toString('hex').startsWith(magic)

/** Whether a word of the command line means a capture: by its name, or by how the file begins. */
export async function isCapture(path: string): Promise<boolean> {
  if (path === STANDARD_INPUT || /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/i.test(path)) return true
  try {
    await using file = await open(path, 'r')
    const head = new Uint8Array(HEAD_BYTES)
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0)
    const begun = head.subarray(0, bytesRead)
    return (
      isCaptureHead(begun) ||
      Object.values(COMPRESSED).some((magic) => begins(begun, magic)) ||
      FOREIGN.some(([magic]) => begins(begun, magic))
    )
  } catch {
    // Whoever reads it as something else says what is wrong.
    return false
  }
}

/** A capture that is read, unpacked where it is packed. */
export interface CaptureInput {
  /** How to call it. */
  name: string
  /** Of the file as it is stored; null where that is not known. */
  storedBytes: number | null
  /** The first bytes, which are not taken from the others. */
  head: Uint8Array
  /** What it holds, piece by piece. */
  bytes: AsyncIterable<Uint8Array>
  /** Of the file as it is stored, so far. */
  readBytes(): number
  /** Why not all of it could be unpacked; null where it could, so far. */
  problem(): WirePhrase | null
}

/** @throws InstrumentError `capture-unreadable` */
export async function openCaptureInput(path: string): Promise<CaptureInput> {
  const { name, size, stream } = await openSource(path)
  let readBytes = 0
  const source = counted(stream, name, (bytes) => {
    readBytes += bytes
  })
  const stored = await peek(source)
  if (stored.head.length === 0) {
    throw unreadable(say.empty(name, HEAD_BYTES))
  }
  const foreign = FOREIGN.find(([magic]) => begins(stored.head, magic))
  if (foreign !== undefined) {
    const [, what, remedy] = foreign
    throw unreadable(say.notRead(name, say.foreign[what], remedy(name)))
  }
  const unpacker = unpackerOf(stored.head, name)
  const unpacked = unpacker && new Unpacked(stored.all, unpacker)
  const peeked = unpacked === null ? stored : await peek(unpacked.bytes())
  return {
    ...{ name, storedBytes: size, head: peeked.head, bytes: peeked.all },
    readBytes: () => readBytes,
    problem: () => unpacked?.problem ?? null,
  }
}

const unreadable = (message: string, cause?: unknown): InstrumentError =>
  new InstrumentError('capture-unreadable', message, { cause })

async function openSource(path: string) {
  if (path === STANDARD_INPUT) {
    return { name: say.standardInput, size: null, stream: process.stdin as Readable }
  }
  try {
    const file = await open(path, 'r')
    const stat = await file.stat()
    if (stat.isDirectory()) {
      await file.close()
      throw unreadable(say.directory(path))
    }
    const stream = file.createReadStream({ highWaterMark: CHUNK_BYTES })
    return { name: path, size: stat.isFile() ? stat.size : null, stream: stream as Readable }
  } catch (error) {
    if (error instanceof InstrumentError) throw error
    throw unreadable(say.unreadable(path, describeSystemError(error)), error)
  }
}

/** Tells what is read of a file, and says in one line why it cannot be. */
async function* counted(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      onRead(chunk.length)
      yield chunk
    }
  } catch (error) {
    throw unreadable(say.unreadable(name, describeSystemError(error)), error)
  }
}

/** The first bytes of a stream, which are looked at before it is read, and all of it. */
async function peek(bytes: AsyncIterable<Uint8Array>) {
  const rest = bytes[Symbol.asyncIterator]()
  let first: Uint8Array = new Uint8Array(0)
  while (first.length < HEAD_BYTES) {
    const { done, value } = await rest.next()
    if (done === true) break
    first = first.length === 0 ? value : Buffer.concat([first, value])
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield next.value
    }
  }
  return { head: first.subarray(0, HEAD_BYTES), all: all() }
}

/** Null where the file is not packed. @throws InstrumentError where this Node cannot unpack it */
function unpackerOf(head: Uint8Array, name: string): Duplex | null {
  if (begins(head, COMPRESSED.gzip)) return zlib.createGunzip({ chunkSize: CHUNK_BYTES })
  if (!begins(head, COMPRESSED.zstd)) return null
  const { createZstdDecompress } = zlib as { createZstdDecompress?: typeof zlib.createGunzip }
  if (createZstdDecompress === undefined) {
    throw unreadable(say.noZstd(name, process.versions.node))
  }
  return createZstdDecompress({ chunkSize: CHUNK_BYTES })
}

/** What a packed file holds, up to where it is damaged, cut off, or too much. */
class Unpacked {
  readonly #packed: AsyncIterable<Uint8Array>
  readonly #unpacker: Duplex
  problem: WirePhrase | null = null

  constructor(packed: AsyncIterable<Uint8Array>, unpacker: Duplex) {
    this.#packed = packed
    this.#unpacker = unpacker
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    let unpackedBytes = 0
    let sourceError: unknown = null
    // What was unpacked before an error is still to be had of a stream that knows of none.
    const out = new PassThrough({ highWaterMark: 4 * CHUNK_BYTES })
    const unpacker = this.#unpacker
    Readable.from(this.#packed)
      .on('error', (error) => {
        sourceError = error
        out.end()
      })
      .pipe(unpacker)
      .on('data', (chunk: Uint8Array) => {
        if (!out.write(chunk)) unpacker.pause()
      })
      .on('error', ({ code, message }: NodeJS.ErrnoException) => {
        this.problem ??= `the packed file is damaged or cut off (${code ?? message})`
        out.end()
      })
      .on('end', () => out.end())
    out.on('drain', () => unpacker.resume())
    try {
      for await (const chunk of out as AsyncIterable<Uint8Array>) {
        unpackedBytes += chunk.length
        yield chunk
        if (unpackedBytes < MAX_UNPACKED_BYTES) continue
        this.problem = `only the first ${unpackedBytes} bytes were unpacked; unpack it yourself for more`
        return
      }
    } finally {
      unpacker.destroy()
    }
    if (sourceError !== null) throw sourceError
  }
}
