import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startCommand, temporaryFolder } from './support/command.ts'
import { closingOf, dialTcp, readTapReport, serveTcp } from './support/tap.ts'

const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex')
const CONNACK = Buffer.from('20020000', 'hex')
/** QoS 0, topic `t`, in all 104 bytes. */
const PUBLISH = Buffer.concat([Buffer.from('3066000174', 'hex'), Buffer.alloc(99)])

const filesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

/** One connection with so many messages. */
async function speak(port: number, messages: number): Promise<void> {
  const socket = dialTcp(port)
  socket.write(CONNECT)
  await once(socket, 'data')
  socket.end(Buffer.concat(Array<Buffer>(messages).fill(PUBLISH)))
  await closingOf(socket)
}

it('taps of a file have reports, figures and periods of their own, and what is old goes across a restart', async () => {
  using folder = temporaryFolder()
  using first = await serveTcp(answer)
  using second = await serveTcp(answer)
  const file = join(folder.path, 'plant.yaml')
  writeFileSync(
    file,
    [
      ...['metrics: 0', 'out: out', 'rotate: 1kB', 'keep: 2', 'taps:'],
      `  - { listen: 0, to: "127.0.0.1:${first.port}", pcap: plant.pcapng }`,
      `  - { listen: "127.0.0.1:0", to: "127.0.0.1:${second.port}" }`,
    ].join('\n'),
  )
  const [one, other] = ['0', '127.0.0.1-0'].map((name) => join(folder.path, 'out', name)) as [
    string,
    string,
  ]
  const periods = join(one, 'periods')
  const captures = () => filesOf(folder.path).filter((name) => name.endsWith('.pcapng'))

  /** @returns what was left of it */
  async function tap(): Promise<string[][]> {
    const before = new Set(filesOf(periods))
    const running = startCommand(['tap', file])
    const portOf = async (to: number): Promise<number> => {
      const line = new RegExp(
        `^tap listens on 127\\.0\\.0\\.1:(\\d+) and passes on to .*:${to}$`,
        'm',
      )
      return Number((await running.printed(line))[1])
    }
    const ports = [await portOf(first.port), await portOf(second.port)] as const
    const [, url = ''] = await running.printed(/(http:\S+\/metrics)/)
    // More than a period, then nothing: one is cut, and one at the end.
    await Promise.all([speak(ports[0], 20), speak(ports[1], 3)])
    await expect.poll(() => filesOf(periods).filter((name) => !before.has(name))).toHaveLength(1)
    for (const [index, messages] of [20, 3].entries()) {
      const up = `listener="127.0.0.1:${ports[index]}",topic="other",direction="up"} ${messages}\n`
      await expect.poll(async () => await (await fetch(url)).text()).toContain(up)
    }
    running.child.kill('SIGINT')
    const { code, stderr, stdout } = await running.ended
    expect(code, stderr).toBe(0)
    for (const port of ports) expect(stdout).toContain(`127.0.0.1:${port}`)
    return [filesOf(periods), captures()]
  }

  const [left = [], files = []] = await tap()
  const bytes = (path: string): number => readTapReport(path).wireBytes.up
  expect([bytes(one), bytes(other)]).toEqual([14 + 20 * 104, 14 + 3 * 104])
  expect([left.length, files.length]).toEqual([2, 2])
  const [after = [], later = []] = await tap()
  expect([after.length, later.length]).toEqual([2, 2])
  expect([...after, ...later].filter((name) => [...left, ...files].includes(name))).toEqual([])
  const sum = after.reduce((total, name) => total + bytes(join(periods, name)), 0)
  expect(sum).toBe(bytes(one))
})

function answer(socket: Socket): void {
  socket.once('data', () => socket.write(CONNACK))
  socket.resume().on('end', () => socket.end())
}
