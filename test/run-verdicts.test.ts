import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BYTES_ONLY, readReport, runCommand, temporaryFolder } from './support/command.ts'

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
