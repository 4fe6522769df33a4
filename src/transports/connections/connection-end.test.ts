import { expect, it } from 'vitest'
import { meaningOf } from './connection-end.ts'

it.each([
  // RFC 9112 §9.5: at any time, where nothing is under way.
  ['nothing', true, 'nothing', 'renew'],
  // RFC 9112 §9.6, RFC 9113 §6.8.
  ['no-more', true, 'nothing', 'renew'],
  ['no-more', true, 'untouched', 'repeat'],
  ['nothing', true, 'unsent', 'repeat'],
  ['nothing', true, 'unknown', 'repeat'],
  // Promised, and not kept.
  ['nothing', true, 'part', 'lost'],
  ['no-more', true, 'part', 'lost'],
  // It never wanted the connection: another would fare alike.
  ['nothing', false, 'nothing', 'lost'],
  ['no-more', false, 'untouched', 'lost'],
  ['nothing', false, 'unknown', 'lost'],
  // GOAWAY with an error; MQTT.
  ['fault', true, 'nothing', 'lost'],
  ['fault', true, 'unknown', 'lost'],
] as const)(
  '%s said, answered before: %s, %s awaited: %s',
  (said, hasAnswered, awaited, meaning) => {
    expect(meaningOf({ said, hasAnswered, awaited })).toBe(meaning)
  },
)
