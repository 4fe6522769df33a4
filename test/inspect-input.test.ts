import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { bin, runCommand, temporaryFolder } from './support/command.ts'

/** In which form a capture may come. */

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

const CASES = new URL('fixtures/cases/', import.meta.url).pathname
const PLAIN = `${CASES}capture-54-plain.pcap`

function fileOf(name: string, bytes: Uint8Array | string): string {
  const path = join(folder.path, name)
  writeFileSync(path, bytes)
  return path
}

function connectionsOf(path: string, input: Uint8Array = Buffer.alloc(0)) {
  const args = [bin, 'inspect', path, '--format', 'json']
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const { connections, remarks } = JSON.parse(stdout)
  return { connections, remarks }
}

describe('a capture', () => {
  it('is the same packed with gzip, in several members, and from standard input', () => {
    const plain = connectionsOf(PLAIN)
    expect(plain.connections).toHaveLength(1)
    expect(connectionsOf(`${PLAIN}.gz`)).toEqual(plain)
    const bytes = readFileSync(PLAIN)
    const members = [bytes.subarray(0, 100), bytes.subarray(100)].map((part) => zlib.gzipSync(part))
    expect(connectionsOf(fileOf('members', Buffer.concat(members)))).toEqual(plain)
    expect(connectionsOf('-', bytes)).toEqual(plain)
    expect(connectionsOf('-', zlib.gzipSync(bytes))).toEqual(plain)
  })

  it('that is packed and cut off is read as far as it goes', () => {
    const bytes = readFileSync(`${PLAIN}.gz`)
    const { remarks } = connectionsOf(fileOf('cut.pcap.gz', bytes.subarray(0, 200)))
    expect(remarks).toContainEqual({
      text: expect.stringMatching(/^the packed file is damaged or cut off \(/),
      count: 1,
    })
  })

  it('packed with zstd is read where Node can, and else the line names the Node that can', async () => {
    const { zstdCompressSync } = zlib as { zstdCompressSync?: typeof zlib.gzipSync }
    if (zstdCompressSync !== undefined) {
      const packed = fileOf('packed.zst', zstdCompressSync(readFileSync(PLAIN)))
      expect(connectionsOf(packed)).toEqual(connectionsOf(PLAIN))
      return
    }
    const packed = fileOf('packed.zst', Buffer.from('28b52ffd0000', 'hex'))
    const { code, stderr } = await runCommand(['inspect', packed])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^error: .*packed\.zst: is packed with zstd, .* Node\.js 22\.15 or newer/,
    )
  })

  it.each([
    ['empty.pcap', '', /empty\.pcap: is empty; a capture begins with a header of 24 bytes$/],
    ['short.pcap', 'x', /short\.pcap: is neither pcap nor pcapng/],
    ['a.snoop', 'snoop\0\0\0', /a\.snoop: is a capture of snoop, .*editcap -F pcapng .*a\.snoop/],
    [
      'a.xz',
      Buffer.from('fd377a585a0000', 'hex'),
      /a\.xz: is packed with xz, .*xz -dc .*inspect -"/,
    ],
  ])('that cannot be read is told in one line: %s', async (name, bytes, line) => {
    const { code, stderr, stdout } = await runCommand(['inspect', fileOf(name, bytes)])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd()).toMatch(line)
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  it('without a packet says so', async () => {
    const { code, stdout } = await runCommand(['inspect', `${CASES}capture-55-no-packets.pcap`])
    expect(code).toBe(0)
    expect(stdout).toContain('there is no packet in it')
  })
})
