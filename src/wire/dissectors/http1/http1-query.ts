import { isSecretName } from '../../../model/scenario/secret-names.ts'
import type { Layer } from '../../../model/vocabulary.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'

const CLAUSE = 'RFC 9112 §3'
const PERCENT = 'RFC 3986 §2.1'

/**
 * The parts of a request line. Values of its query that may be credentials are
 * withheld; that of the payload's field is payload, but for what it takes to
 * write bytes as text: of `%E6` one byte is the payload's.
 * @param payloadField as it stands in the query
 * @returns whether the payload is there
 */
export function noteRequestLine(
  stream: FrameStream,
  line: string,
  lineBytes: number,
  payloadField: string | null,
  layer: Layer = 'framing',
): boolean {
  const note = (text: string, lengthBytes = text.length): void => {
    if (lengthBytes > 0) stream.part(layer, 'request line', lengthBytes, { text, clause: CLAUSE })
  }
  let from = 0
  let carries = false
  for (const { name, start, end } of queryValues(line)) {
    const isPayload = name === payloadField && !carries
    if (!isPayload && (start === end || !isSecretName(name))) continue
    note(line.slice(from, start))
    from = end
    if (isPayload) {
      carries = true
      notePayload(stream, line.slice(start, end), name)
    } else {
      stream.part(layer, `query ${name}`, end - start, {
        clause: CLAUSE,
        disclosure: 'withheld',
      })
    }
  }
  note(line.slice(from), lineBytes - from)
  return carries
}

/** The target of a request, where values of its query may be credentials, without them. */
export function withoutSecrets(target: string): string {
  let [from, shown] = [0, '']
  const before = ' '
  for (const { name, start, end } of queryValues(before + target)) {
    if (start === end || !isSecretName(name)) continue
    shown += `${target.slice(from, start - before.length)}*`
    from = end - before.length
  }
  return shown + target.slice(from)
}

/** Whether a query has a value that could be a reading, whatever it is called. */
export const hasQueryValue = (line: string): boolean =>
  queryValues(line).some(({ start, end, name }) => start < end && !isSecretName(name))

/** What a reader of other people's traffic must say of it: a value there looks like any other. */
export const READING_IN_QUERY =
  'a request without content has a query: whether a reading is in it cannot be told'

/** Each field of the query of a request line, and where its value stands. */
function queryValues(line: string): { name: string; start: number; end: number }[] {
  const values: { name: string; start: number; end: number }[] = []
  const target = line.indexOf(' ') + 1
  const query = line.indexOf('?', target)
  const stop = line.indexOf(' ', target)
  const targetEnd = stop < 0 ? line.length : stop
  if (query < 0 || query > targetEnd) return values
  for (let at = query + 1; at < targetEnd; ) {
    const next = line.indexOf('&', at)
    const end = next < 0 || next > targetEnd ? targetEnd : next
    const equals = line.indexOf('=', at)
    const isField = equals >= 0 && equals < end
    values.push({
      ...{ name: line.slice(at, isField ? equals : end) },
      ...{ start: isField ? equals + 1 : end, end },
    })
    at = end + 1
  }
  return values
}

function notePayload(stream: FrameStream, value: string, name: string): void {
  const label = `query ${name}`
  // Also where it is empty: the part says that there is a message.
  if (value === '') stream.part('payload', label, 0, { clause: CLAUSE })
  for (const [run] of value.matchAll(/(?:%[0-9A-Fa-f]{2})+|[^%]+|%/g)) {
    if (!run.startsWith('%') || run === '%') {
      stream.part('payload', label, run.length, { text: run, clause: CLAUSE })
      continue
    }
    for (let at = 0; at < run.length; at += 3) {
      stream.part('framing', 'percent-encoding', 2, { clause: PERCENT })
      stream.part('payload', label, 1, { text: run.slice(at, at + 3), clause: PERCENT })
    }
  }
}
