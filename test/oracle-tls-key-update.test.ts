import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { createServer } from 'node:tls'
import { expect, it } from 'vitest'
import type { Direction } from '../src/model/vocabulary.ts'
import { dissectLengthPrefixed } from '../src/wire/dissectors/length-prefixed.ts'
import { TlsSecrets } from '../src/wire/dissectors/tls/keys/tls-secrets.ts'
import { dissectTls } from '../src/wire/dissectors/tls/tls.ts'
import { portOf } from '../src/wire/relay/five-digit-port.ts'
import { openRelay } from '../src/wire/relay/tcp-relay.ts'
import { hasTool, temporaryFolder } from './support/command.ts'
import { dissect, findTilingFault } from './support/dissection.ts'
import { createTlsServer } from './support/tls-conversation.ts'

/** Node's TLS never changes its keys by itself; the client of the openssl command does when told to. */

/** A message of the length-prefixed echo. */
const message = (text: string): Buffer =>
  Buffer.concat([Buffer.of(0, 0, 0, text.length), Buffer.from(text)])

/** Collects what a stream says, for waiting until it has said something. */
function listenTo(stream: Readable): (text: string) => Promise<void> {
  let heard = ''
  let look = (): void => {}
  stream.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
    look()
  })
  return (text) =>
    new Promise((resolve, reject) => {
      stream.once('close', () => reject(new Error(`ended without ${text}: ${heard}`)))
      look = () => {
        const at = heard.indexOf(text)
        if (at === -1) return
        heard = heard.slice(at + text.length)
        resolve()
      }
      look()
    })
}

async function talk(client: ChildProcessWithoutNullStreams): Promise<void> {
  const said = listenTo(client.stdout)
  const told = listenTo(client.stderr)
  const exchange = async (text: string): Promise<void> => {
    client.stdin.write(message(text))
    await said(text)
  }
  await said('Verify return code')
  await exchange('before')
  client.stdin.write('K\n')
  await told('KEYUPDATE')
  await exchange('both sides have new keys')
  client.stdin.write('k\n')
  await told('KEYUPDATE')
  await exchange('the client has newer ones')
  const exited = once(client, 'exit')
  client.stdin.write('Q\n')
  await exited
}

/** LibreSSL has a command of the same name, and no key to press. */
const hasOpenSsl =
  hasTool('openssl') &&
  execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('Open')

it.skipIf(!hasOpenSsl)('records are read after OpenSSL has changed its keys', async () => {
  using folder = temporaryFolder()
  const { certificate, key } = await createTlsServer()
  const server = createServer({ cert: certificate, key }, (peer) => peer.pipe(peer))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const conversation: [Direction, Uint8Array][] = []
  await using relay = await openRelay({
    target: { host: '127.0.0.1', port: portOf(server) },
    openTap: () => ({
      bytes: (direction, bytes) => conversation.push([direction, Uint8Array.from(bytes)]),
      end() {},
    }),
    signal: new AbortController().signal,
  })
  const keyLogPath = join(folder.path, 'key.log')
  const address = `127.0.0.1:${relay.address.port}`
  const client = spawn('openssl', ['s_client', '-connect', address, '-keylogfile', keyLogPath])
  try {
    await talk(client)
    await relay.drained()
  } finally {
    client.kill()
    server.close()
  }
  const secrets = new TlsSecrets()
  for (const line of readFileSync(keyLogPath, 'utf8').split('\n')) secrets.learn(line)
  const found = dissect(dissectTls(dissectLengthPrefixed, secrets), conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  const labels = (direction: Direction): string[] =>
    found.frames
      .filter((frame) => frame.direction === direction)
      .map(({ label }) => label)
      .filter((label) => ['message', 'echo', 'KeyUpdate'].includes(label))
  expect(labels('up')).toEqual(['message', 'KeyUpdate', 'message', 'KeyUpdate', 'message'])
  expect(labels('down')).toEqual(['echo', 'KeyUpdate', 'echo', 'echo'])
})
