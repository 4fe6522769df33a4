import { groupBy } from '../model/group-by.ts'
import type { WireEvent, WireRecording } from '../model/wire/recording.ts'
import { knownValues, type Secrets } from './withhold.ts'

const BLANK = 'x'.charCodeAt(0)

type BytesEvent = Extract<WireEvent, { kind: 'bytes' }>

/**
 * The recording with every known secret written over, wherever it crossed the
 * wire as it is: as many bytes, so that lengths stay true. What
 * is encrypted needs none of it, and what is masked (RFC 6455 §5.3) or compressed
 * (RFC 7541 §5.2) is not found by its characters.
 */
export function blankSecrets(
  recording: WireRecording | null,
  secrets: Secrets,
): WireRecording | null {
  if (recording === null) return null
  const values = knownValues(secrets).map((value) => Buffer.from(value, 'utf8'))
  if (values.length === 0) return recording
  const streams = groupBy(
    recording.events.filter(({ kind }) => kind === 'bytes') as BytesEvent[],
    ({ connection, direction }) => `${connection} ${direction}`,
  )
  const blanked = new Map<WireEvent, WireEvent>()
  for (const events of streams.values()) {
    for (const [index, bytes] of blankStream(events, values).entries()) {
      const event = events[index] as BytesEvent
      blanked.set(event, { ...event, bytes })
    }
  }
  return { ...recording, events: recording.events.map((event) => blanked.get(event) ?? event) }
}

/** A secret may begin in one piece and end in the next. */
function blankStream(events: readonly BytesEvent[], values: readonly Buffer[]): Uint8Array[] {
  const whole = Buffer.concat(events.map(({ bytes }) => bytes))
  for (const value of values) {
    for (let at = whole.indexOf(value); at >= 0; at = whole.indexOf(value, at + value.length)) {
      whole.fill(BLANK, at, at + value.length)
    }
  }
  let end = 0
  return events.map(({ bytes }) => {
    end += bytes.length
    return whole.subarray(end - bytes.length, end)
  })
}
