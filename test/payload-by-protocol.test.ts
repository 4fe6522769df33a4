import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findMetric } from '../src/model/report/metric.ts'
import { readReport, runCommand, temporaryFolder } from './support/command.ts'

it('a protocol sends what is its own, and the report says so before anything else', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'humidity.yaml')
  writeFileSync(
    file,
    [
      ...[
        'name: humidity',
        'title: humidity',
        'messages: 2',
        'transports: [http1, mqtt-qos0, tcp]',
      ],
      "payload: { text: '12' }",
      'http: { payload: { json: { humidity: 12.345678 } } }',
      "mqtt: { payload: { text: '12.345678' } }",
    ].join('\n'),
  )
  const out = join(folder.path, 'out')
  const run = await runCommand(['run', file, '--measure', 'bytes', '--out', out])
  expect(run.code, run.stderr).toBe(0)
  const report = readReport(out)
  const payloads = report.cells.map((cell) => findMetric('payload_bytes')?.of(cell))
  expect(payloads).toEqual([22, 9, 2])
  expect(JSON.stringify(report.warnings)).toContain('differentPayloads')
  expect(run.stdout.replace(/\s+/g, ' ')).toContain(
    'humidity sends different payloads, 22 B over HTTP and 9 B over MQTT: what is compared is not the same content.',
  )
})
