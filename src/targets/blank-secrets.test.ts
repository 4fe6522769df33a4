import { describe, expect, it } from 'vitest'
import type { WireRecording } from '../model/wire/recording.ts'
import { blankSecrets } from './blank-secrets.ts'
import { NO_SECRETS, type Secrets } from './withhold.ts'

const secretsOf = (values: readonly string[]): Secrets => ({ ...NO_SECRETS, values })

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

describe('a recording', () => {
  it('has as many bytes where a secret was, also where it is cut in two', () => {
    const recording = recordingOf(
      ['1up', 'user swor'],
      ['1down', 'echo sword!'],
      ['2up', 'dfish and'],
      ['1up', 'dfish, swordfish'],
    )
    expect(textsOf(blankSecrets(recording, secretsOf(['swordfish'])))).toEqual([
      'user xxxx',
      'echo sword!',
      'dfish and',
      'xxxxx, xxxxxxxxx',
    ])
  })

  it('loses the longer secret first, so that no end of it stays', () => {
    const recording = recordingOf(['1up', 'Basic token-of-mine'])
    const blanked = blankSecrets(recording, secretsOf(['token', 'token-of-mine']))
    expect(textsOf(blanked)).toEqual(['Basic xxxxxxxxxxxxx'])
  })

  it('keeps what is too short to be told from chance', () => {
    const recording = recordingOf(['1up', 'abc swordfish'])
    expect(textsOf(blankSecrets(recording, secretsOf(['abc'])))).toEqual(['abc swordfish'])
  })

  it('is left alone where there is no secret, or nothing was recorded', () => {
    const recording = recordingOf(['1up', 'swordfish'])
    expect(blankSecrets(recording, NO_SECRETS)).toBe(recording)
    expect(blankSecrets(null, NO_SECRETS)).toBeNull()
  })
})
