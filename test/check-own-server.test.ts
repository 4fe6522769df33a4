import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listen } from '../src/transports/sockets.ts'
import { runCommand, temporaryFolder } from './support/command.ts'

describe('bytes at a server of one’s own', () => {
  it('are held against a baseline of it, field by field', async () => {
    using folder = temporaryFolder()
    let answer = 'taken'
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(200, { 'X-Answer': answer }).end())
    })
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
      const written = await check('--update')
      expect(written.code, written.stderr).toBe(0)
      const same = await check()
      expect(same.code, same.stdout).toBe(0)
      answer = 'taken!'
      const longer = await check()
      expect(longer.code).toBe(1)
      expect(longer.stdout).toContain('X-Answer')
      expect(longer.stdout).toContain('--http-url')
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
