import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HeadCollector } from '../src/export/capture/heads.ts'
import { KNOWN_NAMES } from '../src/plan/known-names.ts'
import { loadScenarios } from '../src/scenario/load.ts'
import { REQUEST_SETS } from '../src/transports/http/header-sets/request-sets.ts'
import { AccountsHere } from '../src/wire/capture/accounts/connection-accounts.ts'
import { CaptureAccount } from '../src/wire/capture/capture-ledger.ts'
import { measureHere } from './support/byte-pass.ts'
import { recordedCell, recordingOf, renderCells } from './support/captures.ts'
import { temporaryFolder } from './support/command.ts'
import { down, up } from './support/dissection.ts'

const PAYLOAD = '{ "temp": 25 }'

/** As a device sends it, on some path to some host. */
function requestOf(client: 'curl' | 'browser' | 'esp8266', host: string): string {
  const values = { host, length: String(PAYLOAD.length), type: 'application/json' }
  const lines = REQUEST_SETS[client].lines.map((line) =>
    line.replace(/\{(\w+)\}/g, (_, name: keyof typeof values) => values[name]),
  )
  return `POST /plant/7 HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

const ANSWER = 'HTTP/1.1 201 Created\r\nX-Powered-By: Express\r\nContent-Length: 7\r\n\r\n'

const scenarioText = (more: string): string =>
  `name: device\ntitle: t\nmessages: 2\npath: /plant/7\npayload: { text: '${PAYLOAD}' }\n${more}`

async function load(folder: string, more: string) {
  const file = join(folder, 'device.yaml')
  writeFileSync(file, scenarioText(more))
  const [loaded] = await loadScenarios([file], KNOWN_NAMES)
  if (loaded === undefined) throw new Error('nothing was loaded')
  return loaded.scenario
}

describe('a head saved from a capture', () => {
  it.each(['curl', 'browser', 'esp8266'] as const)(
    '%s: is replayed with the same bytes',
    async (client) => {
      using folder = temporaryFolder()
      const request = requestOf(client, 'plant.example.com')
      const heads = new HeadCollector()
      const talk = recordingOf([up(request + PAYLOAD), down(`${ANSWER}Created`)])
      const file = renderCells([recordedCell(talk, 'http/1.1')])
      const accounts = new AccountsHere({
        onHead: (direction, lines) => heads.add(direction, lines),
      })
      const account = CaptureAccount.open(file, 'x', [], { accounts })
      account?.add(file)
      account?.end()
      expect(heads.list().map(({ name }) => name)).toEqual(['request-1.txt', 'response-1.txt'])
      for (const { name, text } of heads.list()) {
        writeFileSync(join(folder.path, name), text, 'latin1')
      }
      const scenario = await load(
        folder.path,
        [
          'http:',
          '  request: { head: ./request-1.txt }',
          '  response: { head: ./response-1.txt, status: 201, body: Created }',
        ].join('\n'),
      )
      const { failure, recording, counts } = await measureHere(
        'http1-replay',
        scenario,
        {},
        'bytes',
      )
      expect([failure, counts.delivered]).toEqual([null, 2])
      const said = (direction: 'up' | 'down'): string =>
        (recording?.events ?? [])
          .flatMap((event) =>
            event.kind === 'bytes' && event.direction === direction
              ? [Buffer.from(event.bytes).toString('latin1')]
              : [],
          )
          .join('')
      expect(said('up')).toBe((request + PAYLOAD).repeat(2))
      expect(said('down')).toBe(`${ANSWER}Created`.repeat(2))
    },
  )

  it('has as many letters in place of a secret, and none of it in a report', async () => {
    const heads = new HeadCollector()
    heads.add('up', [
      'GET /a?key=1 HTTP/1.1',
      'Host: h',
      'Authorization:  Bearer abcd',
      'X-Api-Key: k',
    ])
    heads.add('up', ['GET /b HTTP/1.1', 'Host: h', 'Authorization:  Bearer efgh', 'X-Api-Key: l'])
    heads.add('down', ['HTTP/1.1 204 No Content', 'Date: Tue, 24 Nov 2026 04:56:58 GMT'])
    heads.add('down', ['HTTP/1.1 204 No Content', 'Date: Tue, 24 Nov 2026 04:56:59 GMT'])
    expect(heads.list().map(({ text }) => text)).toEqual([
      'GET {path} HTTP/1.1\r\nHost: h\r\nAuthorization:  xxxxxxxxxxx\r\nX-Api-Key: x\r\n\r\n',
      'HTTP/1.1 204 No Content\r\nDate: Tue, 24 Nov 2026 04:56:58 GMT\r\n\r\n',
    ])
  })
})

describe('refuses in one line', () => {
  const head = (...fields: string[]): string =>
    ['POST {path} HTTP/1.1', ...fields, '', ''].join('\r\n')
  const [HOST, LENGTH] = ['Host: h', 'Content-Length: {length}']

  it.each([
    ['a NUL', head(HOST, 'X: \0', LENGTH), 'has a NUL, which no head has'],
    ['a line end within', head(HOST, 'X: a\nY: b', LENGTH), 'line 3 has a CR or LF alone'],
    [
      'a second head',
      head(HOST, LENGTH) + head(HOST, LENGTH),
      'has something behind its blank line',
    ],
    ['no end', `POST {path} HTTP/1.1\r\n${HOST}\r\n`, 'has no blank line at its end'],
    ['a megabyte', head(HOST, LENGTH, `X: ${'x'.repeat(1e6)}`), 'is larger than 16384 bytes'],
    ['no Host', head(LENGTH), 'has no Host; a request has one'],
    ['two hosts', head(HOST, HOST, LENGTH), 'has two of Host'],
    ['two lengths', head(HOST, LENGTH, LENGTH), 'has two of Content-Length'],
    ['no length', head(HOST), 'has no Content-Length'],
    ['another length', head(HOST, 'Content-Length: 22'), 'says 22 bytes, and its content has 14'],
    ['chunks', head(HOST, 'Transfer-Encoding: chunked'), 'has a Transfer-Encoding'],
    ['another method', `PUT {path} HTTP/1.1\r\n${HOST}\r\n${LENGTH}\r\n\r\n`, 'is of PUT, and'],
    ['another path', `POST /x HTTP/1.1\r\n${HOST}\r\n${LENGTH}\r\n\r\n`, 'asks for another path'],
    ['no field', head(HOST, LENGTH, 'nonsense'), 'line 4 is no field'],
  ])('%s', async (_what, text, why) => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'head.txt'), text, 'latin1')
    const loading = load(folder.path, 'http: { request: { head: ./head.txt } }')
    await expect(loading).rejects.toThrow(why)
    await expect(loading).rejects.toThrow(/^[^\n]*: http\.request\.head[^\n]*$/)
  })

  it('the head of another status', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'head.txt'), ANSWER, 'latin1')
    expect(readFileSync(join(folder.path, 'head.txt'))).toHaveLength(ANSWER.length)
    await expect(load(folder.path, 'http: { response: { head: ./head.txt } }')).rejects.toThrow(
      'http.response.head: is of status 201, and http.response.status is 204; write the same',
    )
  })
})
