import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Direction } from '../src/model/vocabulary.ts'
import type { Frame } from '../src/model/wire/frame.ts'
import { SECRET_FIELDS } from '../src/wire/dissectors/http1/http1-fields.ts'
import { HpackDecoder } from '../src/wire/dissectors/http2/hpack-decoder.ts'
import { STATIC_TABLE } from '../src/wire/dissectors/http2/hpack-static-table.ts'
import { dissectHttp2 } from '../src/wire/dissectors/http2/http2.ts'
import { hasTool, temporaryFolder } from './support/command.ts'
import { type Conversation, dissect, findTilingFault } from './support/dissection.ts'
import { converse } from './support/http2-conversation.ts'

/**
 * The HTTP/2 dissector held against two readers that share no code with it: the
 * nghttp2 inside Node, at the far end of the connection, and Wireshark's.
 */

/** Frames of a conversation, all of it explained. */
function framesOf(conversation: Conversation): Frame[] {
  const found = dissect(dissectHttp2, conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames
}

const REPRESENTATION = / \((indexed|literal [a-z ]+)\)$/

/** Names and values of the header sections of one direction, each section a list. */
const sectionsOf = (frames: readonly Frame[], direction: Direction): string[][] =>
  frames
    .filter((frame) => frame.direction === direction && frame.label.endsWith('HEADERS'))
    .map(({ parts }) =>
      parts
        .filter(({ text }) => REPRESENTATION.test(text ?? ''))
        .flatMap(({ label, text = '' }) => [label, text.replace(REPRESENTATION, '')]),
    )

/** Fields that Node takes as they are: it sorts out some names, and secrets are not shown. */
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).map((text) => `x-${text}`)
const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/)
const section = fc.dictionary(name, value, { maxKeys: 6 })
const tableBytes = fc.constantFrom(0, 50, 200, 4096, 16_384)

describe('nghttp2 at the far end reads the same fields', () => {
  it('in requests and in responses, whatever the tables hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(section, section), { minLength: 1, maxLength: 6 }),
        tableBytes,
        tableBytes,
        async (exchanges, clientTable, serverTable) => {
          const asked: string[][] = []
          const given: string[][] = []
          const conversation = await converse(
            (request, response) => {
              asked.push(request.rawHeaders)
              request.resume()
              response.sendDate = false
              response.writeHead(204, exchanges[asked.length - 1]?.[1] ?? {}).end()
            },
            { client: { headerTableSize: clientTable }, server: { headerTableSize: serverTable } },
          )
          for (const [fields, answer] of exchanges) {
            await conversation.post(fields, Buffer.from('{}'))
            given.push([':status', '204', ...Object.entries(answer).flat()])
          }
          await conversation.end()
          const frames = framesOf(conversation.said)
          expect(sectionsOf(frames, 'up')).toEqual(asked)
          expect(sectionsOf(frames, 'down')).toEqual(given)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('by the index of their names, of every one that a request may have', async () => {
    const left = new Set(['content-length', 'expect', 'transfer-encoding', ...SECRET_FIELDS])
    const names = STATIC_TABLE.map((entry) => entry.name).filter(
      (entry) => !entry.startsWith(':') && !left.has(entry),
    )
    const asked: string[][] = []
    const { said, post, end } = await converse((request, response) => {
      asked.push(request.rawHeaders)
      request.resume()
      response.writeHead(204).end()
    })
    await post(Object.fromEntries(names.map((entry) => [entry, '~'])), Buffer.from('{}'))
    await end()
    const [headers] = framesOf(said).filter(({ label }) => label === 'HEADERS')
    expect(sectionsOf(headers === undefined ? [] : [headers], 'up')).toEqual(asked)
    const byName = headers?.parts.filter(({ label }) => names.includes(label)) ?? []
    expect(byName).toHaveLength(names.length)
    // The index, in two bytes where it does not fit its prefix; the length of the value; the value.
    expect(byName.every(({ lengthBytes }) => lengthBytes <= 4)).toBe(true)
  })

  it('in Huffman code, with every octet that a value may have', async () => {
    const octets = Array.from({ length: 256 }, (_, octet) => octet)
    const allowed = octets.filter((octet) => octet === 9 || (octet >= 32 && octet !== 127))
    // Short codes around it, so that the whole is shorter than plain text.
    const values = allowed.map((octet) => `${'0'.repeat(30)}${String.fromCharCode(octet)}0`)
    const asked: string[] = []
    const { said, post, end } = await converse((request, response) => {
      asked.push(String(request.headers['x-octet']))
      request.resume()
      response.writeHead(204).end()
    })
    for (const octet of values) await post({ 'x-octet': octet }, Buffer.from('{}'))
    await end()
    expect(asked).toEqual(values)
    const decoder = new HpackDecoder()
    const up = Buffer.concat(
      said.flatMap(([direction, bytes]) => (direction === 'up' ? bytes : [])),
    )
    const items = framesOf(said)
      .filter(({ direction, label }) => direction === 'up' && label === 'HEADERS')
      .map(({ offset, lengthBytes }) => up.subarray(offset + 9, offset + lengthBytes))
      .flatMap((block) => decoder.decode(block))
      .filter((item) => item.kind === 'field' && item.name === 'x-octet')
    expect(items.map((item) => item.kind === 'field' && item.value)).toEqual(values)
    // Name and value plain would take 1 + 7 + 1 + 32 bytes.
    expect(items.every(({ lengthBytes }) => lengthBytes < 32)).toBe(true)
  })

  it('in a header section that takes several frames', async () => {
    let received = 0
    const { said, post, end } = await converse(
      (request, response) => {
        received = request.headers['x-long']?.length ?? 0
        request.resume()
        response.writeHead(204).end()
      },
      { server: { maxHeaderListSize: 200_000 } },
    )
    await post({ 'x-long': '~'.repeat(40_000) }, Buffer.from('{}'))
    await end()
    expect(received).toBe(40_000)
    const up = framesOf(said).filter(
      ({ direction, phase }) => direction === 'up' && phase === 'steady',
    )
    expect(up.map(({ label }) => label)).toEqual([
      'HEADERS',
      'CONTINUATION',
      'CONTINUATION',
      'DATA',
    ])
    expect(up[2]?.parts.at(-1)?.label).toBe('x-long')
  })
})

interface SeenFrames {
  types: number[]
  lengths: number[]
  names: string[]
}

const TYPES: Readonly<Record<string, number>> = {
  DATA: 0,
  'response DATA': 0,
  HEADERS: 1,
  'response HEADERS': 1,
  SETTINGS: 4,
  'SETTINGS ACK': 4,
  PING: 6,
  'PING ACK': 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
}

function seenByUs(frames: readonly Frame[], direction: Direction): SeenFrames {
  const own = frames.filter(
    (frame) => frame.direction === direction && frame.label !== 'connection preface',
  )
  return {
    types: own.map(({ label }) => TYPES[label] ?? Number.NaN),
    lengths: own.map(({ lengthBytes }) => lengthBytes - 9),
    names: own.flatMap(({ parts }) =>
      parts.filter(({ clause }) => clause?.startsWith('RFC 7541')).map(({ label }) => label),
    ),
  }
}

const CLIENT_PORT = 50_000
const SERVER_PORT = 8080

/** The frames as Wireshark sees them, in a file of packets that carry what was said. */
async function seenByWireshark(
  conversation: Conversation,
  folder: string,
): Promise<Record<Direction, SeenFrames>> {
  const [dump, packets] = [join(folder, 'said.txt'), join(folder, 'said.pcap')]
  const lines = conversation.map(([direction, bytes]) => {
    const octets = Buffer.from(bytes).toString('hex').replace(/../g, ' $&')
    return `${direction === 'up' ? 'I' : 'O'}\n000000${octets}\n`
  })
  writeFileSync(dump, lines.join(''))
  const run = promisify(execFile)
  await run('text2pcap', ['-D', '-T', `${CLIENT_PORT},${SERVER_PORT}`, dump, packets])
  const { stdout } = await run('tshark', [
    ...['-n', '-r', packets, '-d', `tcp.port==${SERVER_PORT},http2`, '-Y', 'http2'],
    ...['-T', 'fields', '-e', 'tcp.srcport'],
    ...['-e', 'http2.type', '-e', 'http2.length', '-e', 'http2.header.name'],
  ])
  const empty = (): SeenFrames => ({ types: [], lengths: [], names: [] })
  const seen = { up: empty(), down: empty() }
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const [from, ...columns] = line.split('\t')
    const side = Number(from) === CLIENT_PORT ? seen.up : seen.down
    const [types = [], lengths = [], names = []] = columns.map((column) =>
      column.split(',').filter((each) => each !== ''),
    )
    side.types.push(...types.map(Number))
    side.lengths.push(...lengths.map(Number))
    side.names.push(...names)
  }
  return seen
}

describe.skipIf(!hasTool('tshark') || !hasTool('text2pcap'))('Wireshark', () => {
  it('sees the same frames and fields', async () => {
    using folder = temporaryFolder()
    const { said, session, post, end } = await converse((request, response) => {
      request.resume()
      response.writeHead(200, { 'x-answer': '42' }).end('ok')
    })
    for (let count = 0; count < 3; count += 1) {
      await post({ 'content-type': 'application/json', 'x-device': '7' }, Buffer.from('{}'))
    }
    await new Promise((resolve) => session.ping(resolve))
    // Half of the window: it is given back.
    await post({}, Buffer.alloc(40_000))
    await end()
    const frames = framesOf(said)
    const seen = await seenByWireshark(said, folder.path)
    expect(seen.up).toEqual(seenByUs(frames, 'up'))
    expect(seen.down).toEqual(seenByUs(frames, 'down'))
    expect(new Set([...seen.up.types, ...seen.down.types])).toEqual(new Set([0, 1, 4, 6, 7, 8]))
    expect(seen.up.names).toContain('x-device')
  })
})
