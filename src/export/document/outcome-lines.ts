import type { CountedOutcome } from '../../model/report/outcomes.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import type { Block } from './document.ts'
import { outcomePhrase } from './outcome-phrase.ts'

const say = catalogue({
  en: { times: (text: string, count: string) => `${text} (${count} times)` },
  'zh-TW': { times: (text, count) => `${text}（${count} 次）` },
})

/** `← CONNACK 5 refused: not authorized (12 times)`. */
function outcomeText({ direction, unit, text, count }: CountedOutcome): string {
  const told = `${direction === 'up' ? '→' : '←'} ${unit} ${outcomePhrase(text)}`
  return count === 1 ? told : say.times(told, formatCount(count))
}

/** What was refused, not answered, or had to be sent again stands out: a device may look busy all day. */
export function outcomeBlocks(
  outcomes: readonly CountedOutcome[],
  /** Where nothing beside them says it. */
  protocol: string | null = null,
): Block[] {
  const textOf = (outcome: CountedOutcome): string =>
    protocol === null ? outcomeText(outcome) : WORDS.named(protocol, outcomeText(outcome))
  const isTrouble = ({ verdict }: CountedOutcome): boolean =>
    verdict === 'refused' || verdict === 'unanswered'
  const trouble = outcomes.filter(isTrouble)
  const others = outcomes.filter((outcome) => !isTrouble(outcome))
  return [
    ...(trouble.length === 0
      ? []
      : [{ kind: 'list', items: trouble.map(textOf), tone: 'bad' } as const]),
    ...(others.length === 0
      ? []
      : [{ kind: 'list', items: others.map(textOf), tone: 'faint' } as const]),
  ]
}
