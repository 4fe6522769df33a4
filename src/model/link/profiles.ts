import { InstrumentError } from '../errors.ts'
import { catalogue } from '../text/language.ts'
import { suggestOneOf } from '../text/nearest.ts'
import type { Wording } from '../text/wording.ts'
import type { LinkProfile } from './profile.ts'

const say = catalogue({
  en: { unknown: (name: string, hint: string) => `--link: unknown profile ${name}; ${hint}` },
  'zh-TW': { unknown: (name, hint) => `--link：沒有 ${name} 這個鏈路；${hint}` },
})

const WEBPAGETEST = ['WebPageTest', 'www/settings/connectivity.ini.sample'] as const

/** Mbit/s and kbit/s are decimal, as the sources have them. */
const KBIT = 1_000
const MBIT = 1_000_000

function profile(
  name: string,
  title: Wording,
  [rttMs, downBitsPerS, upBitsPerS]: readonly [number, number, number],
  [publisher, source]: readonly [string, string],
  leftOut?: string,
): LinkProfile {
  return {
    ...{ name, title, rttMs, downBitsPerS, upBitsPerS, jitterMs: 0, publisher, source },
    queue: { kind: 'one-rtt' },
    ...(leftOut !== undefined && { leftOut }),
  }
}

/**
 * Links with figures that somebody published, fastest first. Each is of
 * packets: a round trip that every packet makes, and bits a second on the link.
 * The throttling presets of Chrome's DevTools and of Puppeteer are delays of a
 * request and have no place here: its 562.5 ms for "Slow 4G" are 3.75 times the
 * round trip, to make up for the handshakes that it does not delay.
 */
export const LINK_PROFILES: readonly LinkProfile[] = [
  profile(
    'Cable',
    { en: 'cable modem', 'zh-TW': '纜線數據機' },
    [28, 5 * MBIT, 1 * MBIT],
    WEBPAGETEST,
  ),
  profile(
    'Satellite',
    { en: 'geostationary satellite', 'zh-TW': '同步軌道衛星' },
    [600, 20 * MBIT, 2 * MBIT],
    [
      'QUIC Interop Runner',
      'Satellite Edition (Endres, Deutschmann, Hielscher, German: Performance of QUIC Implementations Over Geostationary Satellite Links, 2022); RFC 2488 §2 has 558 ms of propagation alone at the edge of the view area',
    ],
  ),
  profile(
    'Slow4G',
    { en: 'Lighthouse’s mobile default, simulated', 'zh-TW': 'Lighthouse 的行動預設，模擬' },
    [150, 1.6 * MBIT, 750 * KBIT],
    ['Lighthouse', 'docs/throttling.md; core/config/constants.js, mobileSlow4G: rttMs'],
    'its requestLatencyMs of 562.5 ms, which is of requests',
  ),
  profile(
    '3GFast',
    { en: 'mobile 3G, fast', 'zh-TW': '行動 3G，快' },
    [150, 1.6 * MBIT, 768 * KBIT],
    WEBPAGETEST,
  ),
  profile(
    '3G',
    { en: 'mobile 3G', 'zh-TW': '行動 3G' },
    [300, 1.6 * MBIT, 768 * KBIT],
    WEBPAGETEST,
  ),
  profile(
    '3GSlow',
    { en: 'mobile 3G, slow', 'zh-TW': '行動 3G，慢' },
    [400, 400 * KBIT, 400 * KBIT],
    WEBPAGETEST,
  ),
  profile(
    'Cat-M1',
    { en: 'LTE-M, half duplex', 'zh-TW': 'LTE-M，半雙工' },
    [100, 300 * KBIT, 375 * KBIT],
    [
      '3GPP',
      'rates: Release 13, Cat-M1 in half-duplex FDD with its scheduling (300 kbit/s down, 375 up; full duplex has 800 and 1,000); RTT: the upper end of the 50 to 100 ms that module makers give (Arduino, Portenta Cat. M1/NB IoT)',
    ],
    'half duplex itself: both directions may be busy at once; sleeping (PSM, eDRX) and coverage repetitions',
  ),
  profile(
    '2G',
    { en: 'mobile 2G', 'zh-TW': '行動 2G' },
    [800, 280 * KBIT, 256 * KBIT],
    WEBPAGETEST,
  ),
  profile(
    'Edge',
    { en: 'mobile EDGE', 'zh-TW': '行動 EDGE' },
    [840, 240 * KBIT, 200 * KBIT],
    WEBPAGETEST,
  ),
  profile(
    'NB-IoT',
    'LTE Cat-NB1',
    [1_600, 26 * KBIT, 62 * KBIT],
    [
      '3GPP',
      'rates: Release 13, Cat-NB1 (26 kbit/s down, 62 up with several tones); RTT: the lower end of the 1.6 to 10 s that are published for it; 837 ms were measured in good coverage (Ugwuanyi, Paul, Irvine, Electronics 10, 2021, 2224)',
    ],
    'half duplex itself; sleeping (PSM, eDRX) and coverage repetitions',
  ),
  profile(
    '2GRural',
    { en: 'mobile 2G in a developing country, rural', 'zh-TW': '開發中國家鄉村的行動 2G' },
    [1_300, 20 * KBIT, 18 * KBIT],
    [
      'Facebook ATC',
      'Augmented Traffic Control, utils/profiles/2G-DevelopingRural.json: 650 ms each way',
    ],
    'its loss of 2 % each way',
  ),
]

/** @throws InstrumentError `usage`, with the nearest name */
export function findLinkProfile(name: string): LinkProfile {
  const found = LINK_PROFILES.find((known) => known.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  const names = LINK_PROFILES.map((known) => known.name)
  throw new InstrumentError('usage', say.unknown(name, suggestOneOf(name, names)))
}
