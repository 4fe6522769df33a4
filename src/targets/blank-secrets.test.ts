import { describe, expect, it } from 'vitest'
import type { ReportedTarget } from '../model/report/target.ts'
import type { WireRecording } from '../model/wire/recording.ts'
import { blankSecrets } from './blank-secrets.ts'
import type { Target } from './target.ts'

const targetOf = (
  values: readonly string[],
  verification: ReportedTarget['verification'] = null,
): Target => ({
  reported: {
    kind: 'mqtt',
    url: 'mqtt://broker:1883',
    place: 'elsewhere',
    verification,
    access: ['user'],
    arrivals: 'subscriber',
    bound: null,
  },
  address: 'mqtt://broker:1883',
  access: { headers: {}, tls: { verification: 'verified' } },
  secrets: { fields: [], values },
  answerMs: 1,
  stragglerMs: 1,
  followsRedirects: false,
  pauseMs: 0,
  latency: null,
})

/** Each piece with its connection and direction, as in `1up`. */
const recordingOf = (...pieces: (readonly [string, string])[]): WireRecording => ({
  events: pieces.map(([stream, text], index) => ({
    kind: 'bytes',
    connection: Number(stream[0]),
    direction: stream.slice(1) as 'up' | 'down',
    atNs: BigInt(index),
    bytes: Buffer.from(text),
  })),
  secrets: [],
  extent: 'whole',
})

const textsOf = (recording: WireRecording | null): string[] =>
  (recording?.events ?? []).flatMap((event) =>
    event.kind === 'bytes' ? [Buffer.from(event.bytes).toString()] : [],
  )

describe('a recording of a real server', () => {
  it('has as many bytes where a secret was, also where it is cut in two', () => {
    const recording = recordingOf(
      ['1up', 'user swor'],
      ['1down', 'echo sword!'],
      ['2up', 'dfish and'],
      ['1up', 'dfish, swordfish'],
    )
    expect(textsOf(blankSecrets(recording, targetOf(['swordfish'])))).toEqual([
      'user xxxx',
      'echo sword!',
      'dfish and',
      'xxxxx, xxxxxxxxx',
    ])
  })

  it('loses the longer secret first, so that no end of it stays', () => {
    const recording = recordingOf(['1up', 'Basic token-of-mine'])
    const blanked = blankSecrets(recording, targetOf(['token', 'token-of-mine']))
    expect(textsOf(blanked)).toEqual(['Basic xxxxxxxxxxxxx'])
  })

  it('keeps what is too short to be told from chance, and what TLS encrypts', () => {
    const recording = recordingOf(['1up', 'abc swordfish'])
    expect(textsOf(blankSecrets(recording, targetOf(['abc'])))).toEqual(['abc swordfish'])
    const secure = targetOf(['swordfish'], 'verified')
    expect(blankSecrets(recording, secure)).toBe(recording)
  })

  it('is left alone where the endpoint is ours, or nothing was recorded', () => {
    const recording = recordingOf(['1up', 'swordfish'])
    expect(blankSecrets(recording, undefined)).toBe(recording)
    expect(blankSecrets(null, targetOf(['swordfish']))).toBeNull()
  })
})
