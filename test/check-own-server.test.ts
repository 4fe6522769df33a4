import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listen } from '../src/transports/sockets.ts'
import { runCommand, temporaryFolder } from './support/command.ts'

describe('bytes at a server of one’s own', () => {
  it('are held against a baseline of it, field by field', async () => {
    using folder = temporaryFolder()
    let answer = 'taken'
    let received = 0
    const server = createServer((request, response) => {
      received += 1
      request.resume().on('end', () => response.writeHead(200, { 'X-Answer': answer }).end())
    })
    const passesOf = async <T>(work: Promise<T>): Promise<[T, number]> => {
      received = 0
      return [await work, received / 3]
    }
    const listener = await listen(server, '127.0.0.1')
    const check = (...more: string[]) =>
      runCommand([
        ...['check', 'json', '-t', 'http1', '--baseline', join(folder.path, 'mine.json')],
        ...[
          '--http-url',
          `http://user:s3cret-word@127.0.0.1:${listener.port}/a`,
          '--messages',
          '3',
        ],
        ...more,
      ])
    try {
      const none = await check()
      expect(none.code, none.stderr).toBe(2)
      expect(none.stderr).toMatch(
        /write it with .* --http-url http:\/\/127\.0\.0\.1:\d+\/a --messages 3 .*--update/,
      )
      expect(none.stderr).not.toContain('s3cret-word')
      const [written, passesStored] = await passesOf(check('--update'))
      expect(written.code, written.stderr).toBe(0)
      const [same, passesSettled] = await passesOf(check())
      expect(same.code, same.stdout).toBe(0)
      answer = 'taken!'
      const [longer, passesDiffering] = await passesOf(check())
      expect([passesStored, passesSettled, passesDiffering]).toEqual([3, 1, 3])
      expect(longer.code).toBe(1)
      expect(longer.stdout).toContain('X-Answer')
      expect(longer.stdout).toContain('--http-url')
    } finally {
      await listener.close()
    }
  })

  it('have no verdict where an answer differs from pass to pass', async () => {
    using folder = temporaryFolder()
    let turn = 0
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const answer = turn === 1 ? 'longer' : 'long'
        turn += 1
        response.writeHead(200, { 'X-Answer': answer }).end()
      })
    })
    const listener = await listen(server, '127.0.0.1')
    const check = (...more: string[]) =>
      runCommand([
        ...['check', 'json', '-t', 'http1', '--baseline', join(folder.path, 'mine.json')],
        ...['--http-url', `http://127.0.0.1:${listener.port}/`, '--messages', '1', ...more],
      ])
    try {
      const refused = await check('--update')
      expect(refused.code).toBe(3)
      expect(refused.stderr).toContain('differ from pass to pass')
      const written = await check('--update')
      expect(written.code, written.stderr).toBe(0)
      turn = 1
      const varied = await check()
      expect(varied.code).toBe(3)
      expect(varied.stdout).toContain('the byte passes of this run differ')
    } finally {
      await listener.close()
    }
  })

  it.each([
    [
      ['--http-url', 'http://127.0.0.1:9/'],
      /--http-url: results\/baseline.json is of the embedded/,
    ],
    [['--ca', 'x.pem', '-b', 'mine.json'], /--ca: .*give --http-url or --mqtt-url too/],
    [['--self-test', '--http-url', 'http://127.0.0.1:9/'], /--http-url: the gate is tested on/],
  ])('are not meant by %j', async (args, words) => {
    const { code, stderr } = await runCommand(['check', 'json', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(words)
  })
})
