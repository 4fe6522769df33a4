import { expect, it } from 'vitest'
import type { CountedOutcome } from '../../model/report/outcomes.ts'
import { outcomeBlocks } from './outcome-lines.ts'

const LOST: CountedOutcome = {
  ...{ direction: 'up', unit: 'PUBLISH', text: 'not acknowledged', verdict: 'unanswered' },
  count: 2,
}

it('names the protocol of an outcome where several stand together', () => {
  const text = '→ PUBLISH not acknowledged (2 times)'
  expect(outcomeBlocks([LOST])).toMatchObject([{ items: [text], tone: 'bad' }])
  expect(outcomeBlocks([LOST], 'mqtt/5')).toMatchObject([{ items: [`mqtt/5: ${text}`] }])
})
