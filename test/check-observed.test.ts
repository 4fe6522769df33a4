import { readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasTool, runCommand, startCommand, temporaryFolder } from './support/command.ts'
import { LoopbackCapture } from './support/loopback-capture.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { runProgram } from './support/programs.ts'

const folder = temporaryFolder()
const baseline = join(folder.path, 'baseline.json')
afterAll(() => folder[Symbol.dispose]())

const check = (...args: string[]) => runCommand(['check', ...args, '--baseline', baseline])

/** What it printed to be pasted, as words of a command line. */
function adviceIn(stdout: string): string[] {
  const [, words] =
    /^if this is meant, move the baseline: npx mqtt-vs-http (.*)$/m.exec(stdout) ?? []
  if (words === undefined) throw new Error(`no advice in ${stdout}`)
  return words.split(' ')
}

const cellsIn = () => JSON.parse(readFileSync(baseline, 'utf8')).cells

describe.skipIf(!hasTool('mosquitto') || !hasTool('mosquitto_pub') || !hasTool('tcpdump'))(
  'a real mosquitto_pub',
  () => {
    let broker: Awaited<ReturnType<typeof ownMosquitto>>
    beforeAll(async () => {
      broker = await ownMosquitto()
      // Cells of something else, which all of this leaves alone.
      expect((await check('single-reading', '-t', 'mqtt-qos0', '--update')).code).toBe(0)
    })
    afterAll(() => broker[Symbol.asyncDispose]())

    const publish = (payload: string, port = broker.port) =>
      runProgram('mosquitto_pub', [
        ...['-h', '127.0.0.1', '-p', String(port), '-i', 'sensor-0001', '-q', '1'],
        ...['-t', 'plant/7/temp', '-m', payload],
      ])

    async function capture(name: string, ...payloads: string[]): Promise<string> {
      const tcpdump = await LoopbackCapture.start(broker.port)
      for (const payload of payloads) await publish(payload)
      const file = join(folder.path, name)
      writeFileSync(file, await tcpdump.stop())
      return file
    }

    it('--capture: green, red on a payload one byte longer, green after what it advised', async () => {
      const file = await capture('sensor.pcap', '{ "temp": 25 }')
      const missing = await check('--capture', file)
      expect(missing.code).toBe(1)
      expect(missing.stdout).toMatch(/sensor on mqtt-3-1-1: is missing .*--update=new/s)
      expect(await check('--update', '--capture', file)).toMatchObject({ code: 0 })
      expect(cellsIn()).toEqual({
        'single-reading': { 'mqtt-qos0': expect.anything() },
        sensor: { 'mqtt-3-1-1': expect.anything() },
      })
      // No value of it is stored, only sizes.
      expect(readFileSync(baseline, 'utf8')).not.toMatch(/plant|25 }/)
      // How often it was seen to speak is no difference.
      const again = await capture('sensor.pcap', '{ "temp": 99 }', '{ "temp": 10 }')
      expect(await check('--capture', again)).toMatchObject({
        code: 0,
        stdout: 'the one cell is as in the baseline\n',
      })

      const longer = await capture('sensor.pcap', '{ "temp": 251 }')
      const red = await check('--capture', longer)
      expect(red.code).toBe(1)
      expect(red.stdout).toContain(
        'FAIL: sensor on mqtt-3-1-1: steady up payload was 14 B, is 15 B: 1 B more (+7.1 %)\n' +
          '  first differing frame: steady up PUBLISH 32 → 33 B: payload 14 → 15 B',
      )
      expect((await runCommand(adviceIn(red.stdout))).code).toBe(0)
      expect((await check('--capture', longer)).code).toBe(0)
      expect(Object.keys(cellsIn())).toEqual(['sensor', 'single-reading'])
    })

    it('--tap: green, red, green', async () => {
      const tap = async (payload: string, ...args: string[]) => {
        const to = `127.0.0.1:${broker.port}`
        const all = ['check', '--tap', '--listen', '0', '--to', to, '--connections', '1', ...args]
        const running = startCommand([...all, '--baseline', baseline])
        const [, port] = await running.printed(/listens on 127\.0\.0\.1:(\d+)/)
        await publish(payload, Number(port))
        return running.ended
      }
      expect((await tap('{ "temp": 25 }', '--update')).code).toBe(0)
      expect((await tap('{ "temp": 99 }')).code).toBe(0)
      const red = await tap('{ "temp": 251 }')
      expect(red.code).toBe(1)
      expect(red.stdout).toContain('steady up PUBLISH 32 → 33 B: payload 14 → 15 B')
      const advice = adviceIn(red.stdout)
      expect(advice).toContain('--tap')
      expect(advice.at(-1)).toBe('--update')
      expect((await tap('{ "temp": 251 }', '--update')).code).toBe(0)
      expect((await tap('{ "temp": 251 }')).code).toBe(0)
    })

    it('has no verdict on what began before the capture, and writes no baseline of it', async () => {
      const before = readFileSync(baseline, 'utf8')
      const whole = await capture('whole.pcap', '{ "temp": 25 }')
      // Without the packets of its opening: 24 bytes of head, then 16 before each packet.
      const bytes = readFileSync(whole)
      let at = 24
      for (let packet = 0; packet < 3; packet += 1) at += 16 + bytes.readUInt32LE(at + 8)
      const file = join(folder.path, 'sensor.pcap')
      writeFileSync(file, Buffer.concat([bytes.subarray(0, 24), bytes.subarray(at)]))
      const result = await check('--capture', file)
      expect(result.code).toBe(3)
      expect(result.stdout).toMatch(/no verdict: sensor on mqtt-3-1-1: .*began before the capture/)
      const update = await check('--capture', file, '--update')
      expect(update.code).toBe(3)
      expect(update.stderr).toContain('the baseline is not written')
      expect(readFileSync(baseline, 'utf8')).toBe(before)
    })

    it('ends with 3 where nothing crossed', async () => {
      const args = ['--listen', '0', '--to', `127.0.0.1:${broker.port}`, '--connections', '1']
      const running = startCommand(['check', '--tap', ...args, '--update', '-b', baseline])
      const [, port] = await running.printed(/listens on 127\.0\.0\.1:(\d+)/)
      createConnection(Number(port), '127.0.0.1').end()
      const { code, stderr } = await running.ended
      expect(code).toBe(3)
      expect(stderr).toContain('--tap: nothing that can be held crossed')
    })
  },
)

it.each([
  [['--tap'], /--tap: needs --listen PORT and --to HOST:PORT/],
  [['--listen', '1884'], /--listen: belongs to --capture or --tap/],
  [['--capture', 'a.pcap', '--tap'], /--capture: not together with --tap/],
  [['--capture', 'a.pcap', 'json'], /--capture: is held in place of scenarios; leave json out/],
  [['--capture', 'a.pcap', '--for', '3s'], /--for: belongs to --tap/],
  [['--capture', 'a.pcap', '--latency'], /--capture: is of bytes that crossed already/],
  [['--capture', 'a.pcap', '--name', 'My Sensor'], /--name: give one of small letters/],
  [['--capture', 'absent.pcap', '--update'], /absent\.pcap/],
])('refuses %j in one line', async (args, line) => {
  const result = await runCommand(['check', ...args])
  expect(result.code, result.stderr).toBe(2)
  expect(result.stderr).toMatch(line)
  expect(result.stderr.trim().split('\n')).toHaveLength(1)
})
