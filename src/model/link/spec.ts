import { InstrumentError } from '../errors.ts'
import { parseDuration } from '../text/duration.ts'
import { catalogue, named } from '../text/language.ts'
import { suggestOneOf } from '../text/nearest.ts'
import type { LinkProfile, QueueLimit } from './profile.ts'
import { findLinkProfile } from './profiles.ts'

const say = catalogue({
  en: {
    unknownKey: (key: string, suggestion: string) => `unknown key ${key}; ${suggestion}`,
    twice: (key: string) => `${key} is given twice; give it once`,
    noRtt: (example: string) => `rtt is missing, as in ${example}`,
    jitter: (value: string, mostMs: number) =>
      `jitter=${value} is more than the delay of one way, ${mostMs} ms`,
    noDuration: (key: string, value: string, mostS: number) =>
      `${key}=${value} is no duration up to ${mostS} s, such as 300ms`,
    noRate: (key: string, value: string) =>
      `${key}=${value} is no rate of at least 1kbit, such as 768kbit or 1.6mbit`,
    noQueue: (value: string) =>
      `queue=${value} is neither bytes nor a duration, such as 64kb or 200ms`,
  },
  'zh-TW': {
    unknownKey: (key, suggestion) => `沒有 ${key} 這個鍵；${suggestion}`,
    twice: (key) => `${key} 給了兩次；請只給一次`,
    noRtt: (example) => `缺少 rtt，例如 ${example}`,
    jitter: (value, mostMs) => `jitter=${value} 超過單程的延遲 ${mostMs} 毫秒`,
    noDuration: (key, value, mostS) => `${key}=${value} 不是 ${mostS} 秒以內的時間，例如 300ms`,
    noRate: (key, value) => `${key}=${value} 不是至少 1kbit 的速率，例如 768kbit 或 1.6mbit`,
    noQueue: (value) => `queue=${value} 不是位元組數也不是時間，例如 64kb 或 200ms`,
  },
})

const KEYS = ['rtt', 'down', 'up', 'jitter', 'queue'] as const
type Key = (typeof KEYS)[number]

const EXAMPLE = 'rtt=300ms,down=1.6mbit,up=768kbit'
/** Beyond it every protocol's own deadlines decide, and no longer the link. */
const MOST_RTT_MS = 10_000
const LEAST_BITS_PER_S = 1_000

const BITS: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 }
const BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6 }

/**
 * The link that `--link` asks for: a profile by its name, or `rtt=…` with what
 * else there is; a rate that is left out is unlimited.
 * @throws InstrumentError `usage`
 */
export function parseLink(text: string): LinkProfile {
  const written = text.trim()
  return written.includes('=') ? parseCustom(written) : findLinkProfile(written)
}

function parseCustom(text: string): LinkProfile {
  const given = new Map<Key, string>()
  for (const item of text.split(',')) {
    const [key = '', value = ''] = item.split('=', 2).map((part) => part.trim())
    if (!isKey(key)) throw refuse(say.unknownKey(JSON.stringify(key), suggestOneOf(key, KEYS)))
    if (given.has(key)) throw refuse(say.twice(key))
    given.set(key, value)
  }
  const rtt = given.get('rtt')
  if (rtt === undefined) throw refuse(say.noRtt(EXAMPLE))
  const [rttMs, jitterMs] = [readMs('rtt', rtt), readMs('jitter', given.get('jitter') ?? '0ms')]
  if (jitterMs > rttMs / 2) throw refuse(say.jitter(given.get('jitter') ?? '', rttMs / 2))
  return {
    name: KEYS.flatMap((key) => (given.has(key) ? `${key}=${given.get(key)}` : [])).join(','),
    title: 'a link of one’s own',
    ...{ rttMs, jitterMs },
    downBitsPerS: readRate('down', given.get('down')),
    upBitsPerS: readRate('up', given.get('up')),
    queue: readQueue(given.get('queue')),
    publisher: '--link',
    source: 'as asked for',
  }
}

const isKey = (key: string): key is Key => KEYS.some((known) => known === key)

function readMs(key: Key, value: string): number {
  const ms = value === '0' ? 0 : parseDuration(value)
  if (ms !== null && ms <= MOST_RTT_MS) return ms
  throw refuse(say.noDuration(key, value, MOST_RTT_MS / 1_000))
}

function readRate(key: Key, value: string | undefined): number | null {
  if (value === undefined) return null
  const [, number, unit] = /^(\d+(?:\.\d+)?)(bit|kbit|mbit|gbit)$/i.exec(value) ?? []
  const bitsPerS = Number(number) * (BITS[unit?.toLowerCase() ?? ''] ?? Number.NaN)
  if (bitsPerS >= LEAST_BITS_PER_S) return bitsPerS
  throw refuse(say.noRate(key, value))
}

function readQueue(value: string | undefined): QueueLimit {
  if (value === undefined) return { kind: 'one-rtt' }
  const ms = parseDuration(value)
  if (ms !== null && ms > 0) return { kind: 'time', ms }
  const [, number, unit] = /^(\d+)(b|kb|mb)?$/i.exec(value) ?? []
  const bytes = Number(number) * (BYTES[unit?.toLowerCase() ?? ''] ?? Number.NaN)
  if (bytes > 0) return { kind: 'bytes', bytes }
  throw refuse(say.noQueue(value))
}

const refuse = (what: string): InstrumentError =>
  new InstrumentError('usage', named('--link', what))
