import { once } from 'node:events'
import { expect, it } from 'vitest'
import { tapReportSchema } from '../src/model/report/tap/tap-report.ts'
import { startCommand, temporaryFolder } from './support/command.ts'
import { dialTcp, serveTcp } from './support/tap.ts'

it.skipIf(process.platform === 'win32')(
  'a tap with 64 file descriptors counts whom it could not take, and prints its report while they last',
  async () => {
    using server = await serveTcp((socket) => socket.pipe(socket))
    using folder = temporaryFolder()
    const tap = startCommand(
      [
        ...['tap', '--listen', '0', '--to', `127.0.0.1:${server.port}`],
        ...['--format', 'json', '--out', folder.path],
      ],
      { limits: '-n 64' },
    )
    const [, port] = await tap.printed(/tap listens on 127\.0\.0\.1:(\d+)/)
    const first = dialTcp(Number(port))
    first.write('first')
    await once(first, 'data')
    const more = Array.from({ length: 80 }, () => dialTcp(Number(port)))
    await tap.printed(/EMFILE/)
    // Who is there goes on.
    first.write('again')
    expect(String((await once(first, 'data'))[0])).toBe('again')
    tap.child.kill('SIGTERM')
    const { stdout, stderr } = await tap.ended
    for (const socket of [first, ...more]) socket.destroy()
    const report = tapReportSchema.parse(JSON.parse(stdout))
    const { lost, unreachable, accepted } = report.connections
    expect(lost + unreachable, stderr).toBeGreaterThan(0)
    expect(accepted).toBeGreaterThan(5)
    expect(report.wireBytes).toEqual({ up: 10, down: 10 })
  },
)
