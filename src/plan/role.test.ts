import { expect, it } from 'vitest'
import { planRun } from './make-plan.ts'
import type { RunOptions } from './options.ts'

const options: RunOptions = {
  ...{ scenario: ['json'], transports: 'mqtt-qos0', 'mqtt-url': 'mqtt://127.0.0.1' },
  ...{ role: 'publish', part: '1/2', connections: 4, 'link-bytes': 'off' },
  'start-at': new Date(Date.now() + 60_000).toISOString(),
}

it('an end of a load has one client and no warm-up, and publishers hear nothing', async () => {
  const { load, targets } = await planRun(options)
  expect(load).toMatchObject({ role: 'publish', clients: 'bare', warmupMs: 0 })
  expect(targets?.mqtt?.reported.arrivals).toBe('untold')
  const other = await planRun({ ...options, role: 'subscribe', clients: 'library' })
  expect(other.load).toMatchObject({ role: 'subscribe', clients: 'library', warmupMs: 0 })
  expect(other.targets?.mqtt?.reported.arrivals).toBe('subscriber')
})

it.each<[string, Partial<RunOptions>, RegExp]>([
  ['over HTTP', { 'http-url': 'http://127.0.0.1/' }, /^--role: is for MQTT.*; leave it out$/],
  ['without a broker', { 'mqtt-url': undefined }, /^--role: .* give --mqtt-url too$/],
  ['without a part', { part: undefined }, /^--role: .* such as --role publish --part 1\/2$/],
  ['without a start', { 'start-at': undefined }, /^--role: .* give --start-at too$/],
  ['in steps', { sweep: '10,20' }, /^--sweep: .* is one stretch; give --rate$/],
  ['of all clients', { clients: 'all' }, /^--clients: .* give library or bare$/],
  ['told by others', { arrivals: 'untold' }, /^--arrivals: the subscribers tell/],
  ['beside bytes', { measure: 'bytes,throughput' }, /^--role: .* leave out other measures$/],
  ['of HTTP', { transports: 'http1' }, /^--role: http1 is not MQTT/],
  ['of several', { transports: 'mqtt-qos0,mqtt-qos1' }, /^--role: is of one .*, not of 2; name/],
])('an end of a load is refused %s', async (_, given, problem) => {
  await expect(planRun({ ...options, ...given })).rejects.toThrow(problem)
})
