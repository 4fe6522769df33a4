import type { CountedOutcome } from '../../model/report/outcomes.ts'
import type { UnitCount } from '../../model/report/tap/captured.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { ARROWS, WORDS } from '../words.ts'
import { type Block, listOf } from './document.ts'
import { outcomePhrase } from './outcome-phrase.ts'

const say = catalogue({
  en: { times: (text: string, count: string) => `${text} (${count} times)` },
  'zh-TW': { times: (text, count) => `${text}（${count} 次）` },
})

/** `text (12 times)`; once goes without saying. */
export const timesText = (text: string, count: number): string =>
  count === 1 ? text : say.times(text, formatCount(count))

/** `← CONNACK 5 refused: not authorized (12 times)`. */
const outcomeText = ({ direction, unit, text, count }: CountedOutcome): string =>
  timesText(`${ARROWS[direction]} ${unit} ${outcomePhrase(text)}`, count)

/** `→ 1 CONNECT, 12 PUBLISH`: a line a direction. */
export const unitLines = (units: readonly UnitCount[]): string[] =>
  DIRECTIONS.flatMap((direction) => {
    const own = units.filter((unit) => unit.direction === direction)
    const names = listNames(own.map(({ label, count }) => `${formatCount(count)} ${label}`))
    return own.length === 0 ? [] : [`${ARROWS[direction]} ${names}`]
  })

export const isTrouble = ({ verdict }: CountedOutcome): boolean =>
  verdict === 'refused' || verdict === 'unanswered'

/** What was refused, not answered, or had to be sent again stands out: a device may look busy all day. */
export function outcomeBlocks(
  outcomes: readonly CountedOutcome[],
  /** Where nothing beside them says it. */
  protocol: string | null = null,
): Block[] {
  const textOf = (outcome: CountedOutcome): string =>
    protocol === null ? outcomeText(outcome) : WORDS.named(protocol, outcomeText(outcome))
  const trouble = outcomes.filter(isTrouble)
  const others = outcomes.filter((outcome) => !isTrouble(outcome))
  return [...listOf(trouble.map(textOf), 'bad'), ...listOf(others.map(textOf), 'faint')]
}
