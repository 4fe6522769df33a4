import { describe, expect, it } from 'vitest'
import { expandFile } from './expand.ts'
import { familyOf } from './fan-out-family.ts'
import { scenarioFileSchema } from './scenario.ts'

const fileWith = (subscribers?: number | number[]) =>
  scenarioFileSchema.parse({
    name: 'alarm',
    title: 'an alarm',
    flow: 'fanout',
    payload: { text: 'a' },
    subscribers,
  })

const namesOf = (subscribers?: number | number[]) =>
  expandFile(fileWith(subscribers)).map(({ name, title, subscribers: count }) => [
    name,
    title,
    count,
  ])

describe('a fan-out file', () => {
  it('stands for one scenario for each number that it lists', () => {
    expect(namesOf([100, 1])).toEqual([
      ['alarm-100', 'an alarm, one to 100', 100],
      ['alarm-1', 'an alarm, one to 1', 1],
    ])
  })

  it('stands for itself where it gives one number, or none', () => {
    expect(namesOf(10)).toEqual([['alarm', 'an alarm', 10]])
    expect(namesOf()).toEqual([['alarm', 'an alarm', undefined]])
  })

  it('is known from each of its scenarios', () => {
    for (const subscribers of [[1, 10], 10, undefined]) {
      for (const scenario of expandFile(fileWith(subscribers))) {
        expect(familyOf(scenario)).toEqual({ name: 'alarm', title: 'an alarm' })
      }
    }
  })
})
