import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { recordedCell, recordingOf, renderCells } from './support/captures.ts'
import { runCommand, temporaryFolder } from './support/command.ts'
import { type Conversation, down, hex, up } from './support/dissection.ts'

const HTTP: Conversation = [
  up('POST /readings HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi'),
  down('HTTP/1.1 204 No Content\r\n\r\n'),
]
const MQTT: Conversation = [
  up(hex('100d 0004 4d515454 04 02 003c 0001 61')),
  down(hex('20020000')),
  up(hex('3004 0001 61 ff 3004 0001 61 fe')),
  up(hex('e000')),
]
const CAPTURE = renderCells([
  recordedCell(recordingOf(HTTP), 'http/1.1'),
  recordedCell(recordingOf(MQTT, MQTT), 'mqtt/3.1.1'),
])

async function inspect(args: readonly string[]): Promise<string> {
  using folder = temporaryFolder()
  const path = join(folder.path, 'all.pcapng')
  writeFileSync(path, CAPTURE)
  const { code, stdout, stderr } = await runCommand(['inspect', path, ...args])
  expect(code, stderr).toBe(0)
  return stdout
}

describe('of a capture, only', () => {
  it.each([
    [['--protocol', 'mqtt'], ['mqtt/3.1.1'], 1],
    [['--protocol', 'HTTP/1.1'], ['http/1.1'], 2],
    [['--port', '80'], ['http/1.1'], 2],
    [['--port', '49153'], ['mqtt/3.1.1'], 2],
    [['--host', '192.0.2.1'], ['http/1.1', 'mqtt/3.1.1'], 0],
    [['--host', '192.0.2.9'], [], 3],
    [['--host', '192.0.2.1', '--port', '1883', '--protocol', 'tls'], [], 3],
  ])('%s: %s; %i more are counted', async (args, protocols, others) => {
    const ledger = JSON.parse(await inspect([...args, '--format', 'json']))
    const names = ledger.protocols.map(({ protocol }: { protocol: string }) => protocol)
    expect(names.sort()).toEqual(protocols)
    const text = 'a connection is none of those that were asked for'
    expect(ledger.remarks).toEqual(others === 0 ? [] : [{ text, count: others }])
  })

  it('csv: a row a connection, a kind of message, a topic', async () => {
    const rows: Record<string, string>[] = parse(
      await inspect(['--protocol', 'mqtt', '--format', 'csv']),
      { columns: true },
    )
    const own = rows.filter(({ connection }) => connection === '2')
    expect(rows).toHaveLength(2 * own.length)
    expect(own.map(({ row, name, count }) => [row, name, count].join(' ').trim())).toEqual([
      'connection',
      'message kind CONNECT 1',
      'message kind PUBLISH 2',
      'message kind DISCONNECT 1',
      'message kind CONNACK 1',
      'topic or path a 2',
    ])
    expect(own[0]).toMatchObject({
      ...{ protocol: 'mqtt/3.1.1', tls: 'none', messages_up: '2', messages_down: '0' },
      ...{ wire_bytes: String(15 + 4 + 12 + 2), unread_bytes: '0', missing_bytes: '0' },
    })
    expect(own.at(-1)).toMatchObject({ direction: 'up', wire_bytes: '12' })
  })
})
