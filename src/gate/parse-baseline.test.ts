import { describe, expect, it } from 'vitest'
import { byteReport } from '../../test/fixtures/byte-report.ts'
import type { InstrumentError } from '../model/errors.ts'
import { createBaseline, renderBaseline } from './baseline.ts'
import { parseBaseline } from './parse-baseline.ts'

const TEXT = renderBaseline(createBaseline(byteReport()))
const RESTORE =
  '; restore it from version control, or delete it and write it again with: npx mqtt-vs-http check --update'

function refusal(text: string): string {
  try {
    parseBaseline(text, 'b.json')
  } catch (error) {
    const { code, exitCode, message } = error as InstrumentError
    expect({ code, exitCode }).toEqual({ code: 'baseline-unreadable', exitCode: 2 })
    expect(message).not.toMatch(/[\r\n]/)
    return message
  }
  throw new Error('was accepted')
}

/** The text with one thing written otherwise; it has to be there. */
function edited(from: string | RegExp, to: string): string {
  const text = TEXT.replace(from, to)
  expect(text).not.toBe(TEXT)
  return text
}

describe('a baseline', () => {
  it('may begin with a byte order mark and have been saved with CRLF', () => {
    const saved = `\uFEFF${TEXT.replaceAll('\n', '\r\n')}`
    expect(renderBaseline(parseBaseline(saved, 'b.json'))).toBe(TEXT)
  })

  it('that is cut off anywhere is refused as cut off', () => {
    for (let length = 1; length < TEXT.trimEnd().length; length += 7) {
      const message = refusal(TEXT.slice(0, length))
      expect(message).toMatch(/^b\.json: is cut off: /)
      expect(message.endsWith(RESTORE)).toBe(true)
    }
  })

  it.each<[string, string, string]>([
    ['that is empty', '', `is empty${RESTORE}`],
    ['that is a list', '[]', `is no baseline of mqtt-vs-http: it is not an object${RESTORE}`],
    ['that is null', 'null', `is no baseline of mqtt-vs-http: it is not an object${RESTORE}`],
    [
      'of something else',
      '{}',
      `is no baseline of mqtt-vs-http: it has no schemaVersion${RESTORE}`,
    ],
    [
      'that is a report',
      JSON.stringify(byteReport()),
      'is the report of a run, not a baseline; write one with: npx mqtt-vs-http check --update',
    ],
    [
      'of a newer version',
      edited('"schemaVersion": 1', '"schemaVersion": 2'),
      'has schema version 2, from a newer mqtt-vs-http; this one understands version 1; ' +
        'use that one, or delete the file and write it again with: npx mqtt-vs-http check --update',
    ],
    [
      'of no version that there was',
      edited('"schemaVersion": 1', '"schemaVersion": "1"'),
      `schemaVersion: is "1", but this one understands version 1${RESTORE}`,
    ],
    [
      'in the middle of a merge',
      edited('    "json": {', '<<<<<<< ours\n    "json": {'),
      `has the marks of a merge conflict in line 14${RESTORE}`,
    ],
    [
      'with a key twice, after a merge that kept both',
      edited('"framing": 1800', '"framing": 1800,\n            "framing": 1900'),
      'cells.json["mqtt-qos1"]["steady up"].layers.framing: stands there twice; keep one of them',
    ],
    [
      'with negative bytes',
      edited('"framing": 1800', '"framing": -1'),
      `cells.json["mqtt-qos1"]["steady up"].layers.framing: must not be below 0 bytes${RESTORE}`,
    ],
    [
      'with half a byte',
      edited('"framing": 1800', '"framing": 1800.5'),
      `cells.json["mqtt-qos1"]["steady up"].layers.framing: must be a whole number of bytes${RESTORE}`,
    ],
    [
      'with bytes as text',
      edited('"framing": 1800', '"framing": "1800"'),
      `cells.json["mqtt-qos1"]["steady up"].layers.framing: must be a whole number of bytes${RESTORE}`,
    ],
    [
      'with a layer that does not exist',
      edited('"framing": 1800', '"framng": 1800'),
      `cells.json["mqtt-qos1"]["steady up"].layers.framng: unknown key; did you mean framing?${RESTORE}`,
    ],
    [
      'with a phase that does not exist',
      edited('"steady up"', '"stedy up"'),
      `cells.json.http1["stedy up"]: unknown key; did you mean steady up?${RESTORE}`,
    ],
    [
      'with layers that are smaller than the frames they hold',
      edited('"control": 25', '"control": 24'),
      `cells.json["mqtt-qos1"]["setup up"].frames: are 25 bytes, but all layers together only 24${RESTORE}`,
    ],
    [
      'with a frame that is not the sum of its parts',
      edited('Topic Name 12', 'Topic Name 13'),
      `cells.json["mqtt-qos1"]["steady up"].frames[0]: is a frame of 32 bytes, but its parts are 33${RESTORE}`,
    ],
    [
      'with a frame that is none',
      edited('PINGREQ 2:', 'PINGREQ:'),
      'cells.json["mqtt-qos1"]["idle up"].frames[0]: is no frame with its sizes, such as ' +
        `"PUBACK 4: packet type and flags 1, Remaining Length 1, Packet Identifier 2"${RESTORE}`,
    ],
    [
      'with a name that no scenario can have',
      edited('"json"', '"J son"'),
      `cells["J son"]: is no scenario name${RESTORE}`,
    ],
    [
      'without messages',
      edited('"messages": 100,', ''),
      `cells.json.http1.messages: must be a whole number of messages${RESTORE}`,
    ],
    [
      'with a list for a cell',
      edited(/"cells": .*/s, '"cells": { "json": { "http1": [] } } }'),
      `cells.json.http1: must be a mapping with messages and bytes by phase and direction${RESTORE}`,
    ],
    [
      'without cells',
      edited(/,\s*"cells": .*/s, '}'),
      `cells: must map scenarios to transports${RESTORE}`,
    ],
    [
      'of another tool',
      edited('"tool": "mqtt-vs-http"', '"tool": "x"'),
      `tool: must be mqtt-vs-http${RESTORE}`,
    ],
  ])('%s is refused', (_what, text, message) => {
    expect(refusal(text)).toBe(`b.json: ${message}`)
  })

  it('that is no JSON is refused', () => {
    expect(refusal('schemaVersion: 1')).toMatch(/^b\.json: is not JSON: Unexpected token/)
  })

  it('finds a cell only where there is one of that name', () => {
    const text = edited('"json"', '"constructor"')
    expect(Object.keys(parseBaseline(text, 'b.json').cells)).toEqual(['constructor'])
  })
})
