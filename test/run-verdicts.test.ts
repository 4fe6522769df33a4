import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BYTES_ONLY, readReport, root, runCommand, temporaryFolder } from './support/command.ts'

const scenario = (between: string): string => `
name: mine
title: mine
messages: 3
payload: { text: "12345678901234" }
transports: [mqtt-qos0, mqtt-qos1]
claims:
  - says: MQTT is small
    metric: wire_bytes_per_message
    transport: [mqtt-qos0, mqtt-qos1]
    between: ${between}
`

it.each([
  ['[30, 36]', 'holds'],
  ['[30, 35]', 'conditional'],
  ['[37, 100]', 'refuted'],
])('judges by what was measured: %s %s', async (between, verdict) => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'mine.yaml')
  const out = join(folder.path, 'out')
  writeFileSync(file, scenario(between))
  const run = await runCommand(['run', file, ...BYTES_ONLY, '--out', out])
  // A refuted claim is a finding, not a failure.
  expect(run.code, run.stderr).toBe(0)
  expect(readReport(out).verdicts.map((found) => found.verdict)).toEqual([verdict])
  expect(run.stdout).toContain(verdict)
})

it('says first what a device pays that opens a connection for each of 60 bytes', async () => {
  using folder = temporaryFolder()
  const file = join(root, 'test', 'scenarios', 'sensor-60.yaml')
  const words = ['--measure', 'bytes', '--link-bytes', 'modelled', '--out', folder.path]
  const run = await runCommand(['run', file, ...words])
  expect(run.code, run.stderr).toBe(0)
  const [answer = ''] = run.stdout.replaceAll('\n', ' ').split('(claimed below)')
  // The message alone is 126 B against 421 B; with its connection both are some 2,000 to 2,100, or 2,800.
  expect(run.stdout).toMatch(/^sensor +1,\d\d\d–2,\d\d\d B +1,\d\d\d–1,\d\d\d B +1\/1\./m)
  expect(answer).not.toContain('1/3')
  expect(answer).toMatch(
    /opens its own connection takes on the link \(modelled\), all included: with TLS resumed 2,0\d\d B over MQTT and 2,1\d\d B over HTTP, 1\/1\.0[34]; with TLS in full 2,8\d\d B over MQTT and 2,[78]\d\d B over HTTP, about equal\./,
  )
})
