import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { readCsv, runCommand, startCommand, temporaryFolder } from './support/command.ts'
import { closingOf, dialTcp, readTapReport, serveTcp, startTap } from './support/tap.ts'

const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex')
const CONNACK = Buffer.from('20020000', 'hex')
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A broker that accepts everybody and says no more. */
const serveConnack = () =>
  serveTcp((socket) => {
    socket.once('data', () => socket.write(CONNACK))
    socket.on('end', () => socket.end())
  })

describe('ends', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s with valid files and status 0, connections still open',
    async (signal) => {
      using server = await serveConnack()
      await using tap = await startTap(server.port, ['--format', 'json'])
      const client = dialTcp(tap.port)
      client.write(CONNECT)
      await once(client, 'data')
      const cutOff = closingOf(client)
      const { code, stdout, stderr, report } = await tap.end(signal)
      expect(code, stderr).toBe(0)
      await cutOff
      expect(report.ending).toBe('signal')
      expect(report.connections).toMatchObject({ accepted: 1, open: 1, peakConcurrent: 1 })
      expect(JSON.parse(stdout)).toEqual(report)
      const rows = readCsv(tap.folder, 'ledger.csv')
      expect(
        rows.map(({ protocol, phase, direction, bytes }) => [protocol, phase, direction, bytes]),
      ).toEqual([
        ['mqtt/3.1.1', 'setup', 'up', '14'],
        ['mqtt/3.1.1', 'setup', 'down', '4'],
      ])
      expect(existsSync(join(tap.folder, 'report.json.tmp'))).toBe(false)
    },
  )

  it('after its time, and after so many connections; those who come later are refused', async () => {
    using server = await serveTcp((socket) => socket.pipe(socket))
    using folder = temporaryFolder()
    const to = `127.0.0.1:${server.port}`
    const timed = runCommand([
      'tap',
      '--listen',
      '0',
      '--to',
      to,
      '--for',
      '200ms',
      '--out',
      folder.path,
    ])
    await using counted = await startTap(server.port, ['--connections', '2'])
    const [first, second] = [dialTcp(counted.port), dialTcp(counted.port)]
    for (const client of [first, second]) client.write('x')
    await Promise.all([once(first, 'data'), once(second, 'data')])
    const late = dialTcp(counted.port)
    await closingOf(late)
    for (const client of [first, second]) client.resume().end()
    const ended = await counted.end('SIGWINCH')
    expect(ended.code).toBe(0)
    expect(ended.report).toMatchObject({
      ending: 'connections',
      connections: { accepted: 2, closed: 2, open: 0 },
    })
    expect((await timed).code).toBe(0)
    expect(readTapReport(folder.path)).toMatchObject({ ending: 'duration', protocols: [] })
    expect((await timed).stdout).toContain('nothing has crossed')
  })

  it('in results/, where no folder is named', async () => {
    using server = await serveConnack()
    using folder = temporaryFolder()
    const args = ['tap', '--listen', '0', '--to', `localhost:${server.port}`, '--for', '1ms']
    const { code, stderr } = await runCommand(args, { cwd: folder.path })
    expect(code).toBe(0)
    const path = /written to (results\/\S+)/.exec(stderr)?.[1] ?? ''
    expect(readTapReport(join(folder.path, path)).target).toBe(`localhost:${server.port}`)
  })
})

describe('passes on', () => {
  it('both ways unchanged, and an end of one side alone', async () => {
    const [question, answer] = [randomBytes(3_000_000), randomBytes(2_000_000)]
    let heard = ''
    using server = await serveTcp((socket) => {
      const chunks: Buffer[] = []
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('end', () => {
        heard = digest(Buffer.concat(chunks))
        // The client said all it has to say; it is answered all the same.
        socket.end(answer)
      })
    })
    await using tap = await startTap(server.port, ['--connections', '1'])
    const client = dialTcp(tap.port)
    client.end(question)
    const chunks: Buffer[] = []
    client.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(client, 'end')
    expect(digest(Buffer.concat(chunks))).toBe(digest(answer))
    expect(heard).toBe(digest(question))
    const { report } = await tap.end('SIGWINCH')
    expect(report.connections).toMatchObject({ closed: 1, broken: 0 })
    expect(report.wireBytes).toEqual({ up: question.length, down: answer.length })
    expect(report.protocols[0]?.protocol).toBe('unrecognised')
    const unread = { up: 0, down: 0 }
    // Some of it for another reason, where the reader was behind on a busy machine.
    for (const { direction, bytes } of report.protocols.flatMap((each) => each.unread)) {
      unread[direction] += bytes
    }
    expect(unread).toEqual({ up: question.length, down: answer.length })
  })

  it('a stream that breaks its protocol, and says from which byte on it is not explained', async () => {
    const garbage = Buffer.concat([Buffer.from('f000', 'hex'), randomBytes(100_000)])
    const received: Buffer[] = []
    using server = await serveTcp((socket) => {
      socket.once('data', () => socket.write(CONNACK))
      socket.on('data', (chunk) => received.push(chunk))
      socket.on('end', () => socket.end())
    })
    await using tap = await startTap(server.port, ['--connections', '1'])
    const client = dialTcp(tap.port)
    client.write(CONNECT)
    await once(client, 'data')
    client.resume().end(garbage)
    await closingOf(client)
    expect(digest(Buffer.concat(received))).toBe(digest(Buffer.concat([CONNECT, garbage])))
    const { report, stderr, code } = await tap.end('SIGWINCH')
    expect(code).toBe(0)
    expect(stderr).toMatch(/connection 1 from 127\.0\.0\.1:\d+, mqtt\/3\.1\.1, up: from byte 14 on/)
    expect(report.notable[0]?.unread).toEqual([
      {
        direction: 'up',
        bytes: garbage.length,
        reason: expect.stringMatching(/^from byte 14 on: packet type 15 is reserved/),
      },
    ])
    expect(sumLedger(report.protocols[0]?.ledger ?? [])).toBe(CONNECT.length + CONNACK.length)
  })

  it('resets, whichever side they come from', async () => {
    using server = await serveTcp((socket) => {
      socket.on('data', (chunk) => {
        if (String(chunk) === 'reset me') socket.resetAndDestroy()
        else socket.write('heard')
      })
    })
    await using tap = await startTap(server.port, ['--connections', '2'])
    const [first, second] = [dialTcp(tap.port), dialTcp(tap.port)]
    const broken = new Promise<NodeJS.ErrnoException>((resolve) => first.once('error', resolve))
    first.write('reset me')
    expect((await broken).code).toBe('ECONNRESET')
    second.write('hello')
    await once(second, 'data')
    const [, socket] = server.sockets
    const seen = new Promise<NodeJS.ErrnoException>((resolve) => socket?.once('error', resolve))
    second.resetAndDestroy()
    expect((await seen).code).toBe('ECONNRESET')
    const { report } = await tap.end('SIGWINCH')
    expect(report.connections).toMatchObject({ broken: 2, closed: 0 })
    expect(report.notable.map(({ reason }) => reason).toSorted()).toEqual([
      'broken by the client: ECONNRESET',
      'broken by the target: ECONNRESET',
    ])
  })

  it('back-pressure: a reader that does not read stops the sender, at little memory', async () => {
    const sizeBytes = 96 * 1024 * 1024
    const hash = createHash('sha256')
    const chunk = randomBytes(1024 * 1024)
    using server = await serveTcp((socket) => socket.pause())
    await using tap = await startTap(server.port, ['--connections', '1'])
    const client = dialTcp(tap.port)
    let sent = 0
    const pump = (): void => {
      while (sent < sizeBytes) {
        sent += chunk.length
        hash.update(chunk)
        if (!client.write(chunk)) return
      }
      client.end()
    }
    client.on('drain', pump)
    await once(client, 'connect')
    pump()
    // Nothing more was taken for so many looks: everything between is full.
    for (let still = 0, seen = -1; still < 10; still += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      const taken = client.bytesWritten - client.writableLength
      if (taken !== seen) still = 0
      seen = taken
    }
    expect(sent).toBeLessThan(sizeBytes / 2)
    const received = createHash('sha256')
    const [socket] = server.sockets
    socket?.on('data', (bytes) => received.update(bytes))
    socket?.on('end', () => socket.end())
    client.resume()
    socket?.resume()
    await closingOf(client)
    expect(received.digest('hex')).toBe(hash.digest('hex'))
    const { report } = await tap.end('SIGWINCH')
    expect(report.wireBytes.up).toBe(sizeBytes)
  })
})

describe('goes on', () => {
  it('where the target refuses: the client is reset, and it is said and counted', async () => {
    const server = await serveConnack()
    const { port } = server
    server[Symbol.dispose]()
    await using tap = await startTap(port)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const client = dialTcp(tap.port)
      const broken = new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve))
      client.write(CONNECT)
      expect((await broken).code).toBe('ECONNRESET')
    }
    const { code, report, stderr } = await tap.end()
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^connection 1 from 127\.0\.0\.1:\d+: the target could not be reached: ECONNREFUSED$/m,
    )
    expect(report.connections).toMatchObject({ accepted: 2, unreachable: 2, broken: 0 })
    expect(report.wireBytes).toEqual({ up: 0, down: 0 })
  })

  it('where no file descriptor is left, and serves again when there is one', async () => {
    using server = await serveTcp((socket) => socket.pipe(socket))
    using folder = temporaryFolder()
    const to = `127.0.0.1:${server.port}`
    const running = startCommand(['tap', '--listen', '0', '--to', to, '--out', folder.path], {
      limits: '-n 120',
    })
    const [, port = ''] = await running.printed(/tap listens on 127\.0\.0\.1:(\d+)/)
    // Those that cannot be served may be told by an orderly end: the kernel has accepted them.
    const dial = () => {
      const client = dialTcp(Number(port))
      return client.on('end', () => client.destroy())
    }
    const clients = Array.from({ length: 200 }, dial)
    const ask = (client: Socket): Promise<boolean> => {
      client.write('x')
      return Promise.race([
        closingOf(client).then(() => false),
        new Promise<boolean>((resolve) => client.once('data', () => resolve(true))),
      ])
    }
    const echoed = clients.map(ask)
    // Those that were refused are told; the others wait for no one.
    const served = (await Promise.all(echoed)).filter((isServed) => isServed).length
    expect(served).toBeGreaterThan(5)
    expect(served).toBeLessThan(200)
    const closed = clients.map((client) => client.destroyed || closingOf(client))
    for (const client of clients) client.destroy()
    await Promise.all(closed)
    // Its side of them may take a moment to close.
    for (let isServed = false; !isServed; ) {
      const client = dial()
      isServed = await ask(client)
      client.destroy()
    }
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(0)
    const { connections } = readTapReport(folder.path)
    expect(connections.unreachable + connections.lost + connections.accepted).toBeGreaterThan(
      served,
    )
  })
})

describe('says what is wrong', () => {
  it('with a place that is taken, a flag that is missing, a file that cannot be written', async () => {
    using server = await serveConnack()
    using folder = temporaryFolder()
    const to = ['--to', '127.0.0.1:1', '--out', folder.path]
    const taken = await runCommand(['tap', '--listen', String(server.port), ...to])
    expect(taken.code).toBe(3)
    expect(taken.stderr).toMatch(
      /^error: --listen: \d+: .*EADDRINUSE.*; name a place that is free, or port 0 for any$/m,
    )
    const missing = await runCommand(['tap', '--listen', '0'])
    expect(missing.code).toBe(2)
    expect(missing.stderr).toMatch(/^error: --to: 0 for 1 of --listen; give one for each/m)
    const pcap = ['--pcap', join(folder.path, 'no', 'such.pcapng')]
    const unwritable = await runCommand(['tap', '--listen', '0', ...to, ...pcap])
    expect(unwritable.code).toBe(3)
    expect(unwritable.stderr).toMatch(/^error: --pcap: .*such\.pcapng cannot be written/m)
  })
})

describe('--pcap', () => {
  it('gives a capture that inspect reads to the same ledger; it warns of what is in it', async () => {
    using server = await serveConnack()
    await using tap = await startTap(server.port, [
      ...['--connections', '2', '--pcap', 'FOLDER/t.pcapng'],
    ])
    for (const payload of [randomBytes(50_000), randomBytes(10)]) {
      const client = dialTcp(tap.port)
      client.write(CONNECT)
      await once(client, 'data')
      const left = 3 + payload.length
      const length = [(left & 127) | 128, ((left >> 7) & 127) | 128, left >> 14]
      client.write(Buffer.from([0x30, ...length, 0, 1, 0x74]))
      client.resume().end(payload)
      await closingOf(client)
    }
    const { report, stderr } = await tap.end('SIGWINCH')
    const path = join(tap.folder, 't.pcapng')
    expect(stderr).toMatch(/--pcap: .* will hold every byte that crosses, passwords and tokens/)
    expect(report.capture).toMatchObject({ file: path, extent: 'whole', reason: null })
    expect(readFileSync(path).length).toBe(report.capture?.bytes)
    const inspected = await runCommand(['inspect', path, '--format', 'json'])
    const { connections } = JSON.parse(inspected.stdout)
    expect(connections).toHaveLength(2)
    for (const [index, tapped] of report.notable.entries()) {
      const { ledger, client, messages } = connections[index]
      expect(client).toBe(tapped.client)
      expect(messages).toEqual(tapped.messages)
      expect(ledger.filter(({ layer }: { layer: string }) => layer !== 'network')).toEqual(
        tapped.ledger,
      )
    }
  })

  it('is cut off at its limit, between two packets, and says so; the tap goes on', async () => {
    using server = await serveTcp((socket) => socket.pipe(socket))
    await using tap = await startTap(server.port, [
      ...['--connections', '1', '--pcap', 'FOLDER/t.pcapng', '--pcap-limit', '20000'],
    ])
    const client = dialTcp(tap.port)
    client.resume().end(randomBytes(500_000))
    await closingOf(client)
    const { report, stderr, code } = await tap.end('SIGWINCH')
    expect(code).toBe(0)
    expect(report.wireBytes).toEqual({ up: 500_000, down: 500_000 })
    expect(report.capture).toMatchObject({
      extent: 'cut',
      reason: 'the limit of 20000 bytes was reached',
    })
    expect(stderr).toMatch(
      /t\.pcapng ends early, at [\d,]+ B: the limit of 20000 bytes was reached/,
    )
    const file = readFileSync(join(tap.folder, 't.pcapng'))
    expect(file.length).toBeLessThanOrEqual(20_000)
    expect(file.length).toBeGreaterThan(18_000)
    expect(file.includes('cut here: the limit of 20000 bytes is reached')).toBe(true)
    const inspected = await runCommand([
      'inspect',
      join(tap.folder, 't.pcapng'),
      '--format',
      'json',
    ])
    expect(inspected.code).toBe(0)
    expect(JSON.parse(inspected.stdout).remarks).toEqual([])
  })
})
