import type { Said } from '../model/said/said.ts'
import type { Frame, FramePart } from '../model/wire/frame.ts'

/** What must not be seen of what crosses the wire of a real server. */
export interface Secrets {
  /** Lower-case names of header fields whose values the user gave. */
  readonly fields: readonly string[]
  /** Passwords, tokens, the query of the URL: wherever they turn up, also in an answer. */
  readonly values: readonly string[]
  /** Whether all of a query is one: of a URL that the user gave. */
  readonly query: 'secret' | 'shown'
}

export const NO_SECRETS: Secrets = { fields: [], values: [], query: 'shown' }

/** Where the target of a request stands (RFC 9112 §3, RFC 9113 §8.3.1). */
const TARGET_PARTS: ReadonlySet<string> = new Set(['request line', ':path'])
/** Shorter ones turn up by chance, and would blank what is no secret. */
const MIN_VALUE_CHARACTERS = 4

/**
 * The same frames without what is, or may carry, a credential: header values
 * that the user gave, the query of the URL, and whatever else holds one of the
 * known secrets. Dissectors withhold what the protocols call credentials; what
 * only the user knows to be one is withheld here.
 */
export function withholdSecrets<F extends Frame>(frames: readonly F[], secrets: Secrets): F[] {
  const values = knownValues(secrets)
  return frames.map((frame) => ({
    ...frame,
    parts: frame.parts.map((part) => withholdPart(part, secrets, values)),
  }))
}

function withholdPart(
  part: FramePart,
  { fields, query }: Secrets,
  values: readonly string[],
): FramePart {
  const { text, ...rest } = part
  const isGiven = fields.includes(part.label.toLowerCase())
  const hasQuery =
    query === 'secret' && TARGET_PARTS.has(part.label) && (text?.includes('?') ?? false)
  const holdsSecret = values.some((value) => text?.includes(value))
  if (!isGiven && !hasQuery && !holdsSecret) return part
  return { ...rest, disclosure: 'withheld' }
}

/** The text with every known secret taken out: for errors that repeat what a server said. */
export function withholdText(text: string, secrets: Secrets): string {
  return knownValues(secrets).reduce((kept, value) => kept.replaceAll(value, '(withheld)'), text)
}

/** No value of a sentence, and no text, repeats a secret. */
export function withholdSaid(sentence: Said, secrets: Secrets): Said {
  if (typeof sentence === 'string') return withholdText(sentence, secrets)
  const values = Object.entries(sentence.values).map(([name, value]) => [
    name,
    Array.isArray(value)
      ? value.map((each) => withholdSaid(each, secrets))
      : typeof value === 'number'
        ? value
        : withholdSaid(value, secrets),
  ])
  return { key: sentence.key, values: Object.fromEntries(values) }
}

/** Those that cannot turn up by chance; the longest first, since one may hold another. */
export const knownValues = ({ values }: Secrets): string[] =>
  values
    .filter(({ length }) => length >= MIN_VALUE_CHARACTERS)
    .sort((one, other) => other.length - one.length)

/** Everything of a target that is, or may be, a secret. */
export function secretsOf({
  url,
  headers,
  userName,
  password,
}: {
  url: URL
  headers: Readonly<Record<string, string>>
  userName?: string
  password?: string
}): Secrets {
  const values = Object.values(headers)
  const tokens = values.flatMap((value) => value.split(/\s+/).slice(1))
  const query = [url.search.slice(1), ...url.searchParams.values()]
  const password64 =
    password === undefined ? [] : [Buffer.from(`${userName}:${password}`).toString('base64')]
  const all = [password ?? '', encodeURIComponent(password ?? ''), ...password64]
  return {
    fields: Object.keys(headers).map((name) => name.toLowerCase()),
    query: 'secret',
    values: [...new Set([...all, ...values, ...tokens, ...query])].filter((value) => value !== ''),
  }
}
