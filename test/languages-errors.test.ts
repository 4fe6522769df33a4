import { describe, expect, it } from 'vitest'
import { describeError } from '../src/model/errors.ts'
import { LANGUAGES, speak } from '../src/model/text/language.ts'
import { planLoad } from '../src/plan/load.ts'
import { planTap } from '../src/plan/tap.ts'
import { planDeployments } from '../src/plan/targets/deployments.ts'
import { planTargets } from '../src/plan/targets/make-targets.ts'

const NONE = { messages: null, rounds: null, perRound: null }
const TAP = { listen: '1884', to: 'broker:1883' }
const AWAY = 'http://192.0.2.1/'

/** What is typed, and what of it is wrong. */
const REFUSED: readonly (readonly [name: string, plan: () => unknown])[] = [
  ['a URL', () => planTargets({ 'http-url': 'ftp://x' }, NONE, {})],
  ['a URL with a path', () => planTargets({ 'mqtt-url': 'mqtt://x/a' }, NONE, {})],
  ['a flag without its URL', () => planTargets({ insecure: true, 'http-url': AWAY }, NONE, {})],
  ['a header', () => planTargets({ header: ['x'], 'http-url': AWAY }, NONE, {})],
  ['a file', () => planTargets({ ca: '/nowhere', 'http-url': 'https://[::1]/' }, NONE, {})],
  ['a key alone', () => planTargets({ key: 'k', 'http-url': 'https://[::1]/' }, NONE, {})],
  ['too much', () => planTargets({ 'http-url': AWAY }, { ...NONE, messages: 1e6 }, {})],
  ['a time', () => planTargets({ timeout: '1y', 'http-url': AWAY }, NONE, {})],
  ['one deployment', () => planDeployments({ 'http-url': AWAY }, {})],
  ['a load that is none', () => planLoad({ rate: '5' }, ['bytes'])],
  ['a sweep', () => planLoad({ sweep: '5,3' }, ['throughput'])],
  ['a part', () => planLoad({ part: '4/3' }, ['throughput'])],
  ['an instant', () => planLoad({ 'start-at': 'noon' }, ['throughput'])],
  ['a rotation', () => planTap({ ...TAP, rotate: 'often' })],
]

describe('an error of the command line says the same in either language', () => {
  it.each(REFUSED)('%s', async (_name, plan) => {
    const [english, chinese] = await toldIn(plan)
    expect(english).toMatch(/^--[a-z-]+: [ -~]+$/)
    expect(chinese).toMatch(/^--[a-z-]+：/)
    expect(chinese).toMatch(/\p{Script=Han}{2}/u)
    expect(chinese).not.toMatch(/[a-z]{3,} [a-z]{2,} [a-z]{2,}/)
    // The same flag, and each of its figures.
    expect(figuresOf(chinese as string)).toEqual(figuresOf(english as string))
  })
})

const figuresOf = (text: string): string[] => (text.match(/\d+/g) ?? []).sort()

async function toldIn(plan: () => unknown): Promise<string[]> {
  const told: string[] = []
  try {
    for (const language of LANGUAGES) {
      speak(language)
      told.push(
        await Promise.resolve()
          .then(plan)
          .then(() => 'nothing', describeError),
      )
    }
  } finally {
    speak('en')
  }
  return told
}
