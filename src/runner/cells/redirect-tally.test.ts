import { describe, expect, it } from 'vitest'
import { saidText } from '../../model/said/said.ts'
import type { Method } from '../../model/scenario/http-query.ts'
import { RedirectTally } from './redirect-tally.ts'

function warningOf(status: number, method: Method): string {
  const tally = new RedirectTally()
  tally.add(new Map([[status, 2]]), 5, method)
  tally.add(new Map([[status, 1]]), 5, method)
  return tally.warnings().map(saidText).join()
}

describe('answers that led elsewhere', () => {
  it.each([
    // RFC 9110 §15.4.2 to §15.4.4: 301 and 302 make a GET of a POST alone, 303 of all.
    [301, 'POST', 'makes a GET of a POST'],
    [302, 'POST', 'makes a GET of a POST'],
    [301, 'PUT', 'sends the PUT again'],
    [302, 'GET', 'sends the GET again'],
    [303, 'PUT', 'makes a GET of a PUT'],
    [303, 'GET', 'sends the GET again'],
    [307, 'POST', 'sends the POST again'],
    [308, 'PATCH', 'sends the PATCH again'],
  ] as const)('%i of a %s: a client %s', (status, method, what) => {
    const warning = warningOf(status, method)
    expect(warning).toContain(`3 of 10 answers were a redirect (${status}, where a client ${what}`)
  })

  it('are not spoken of where there are none', () => {
    const tally = new RedirectTally()
    tally.add(new Map(), 5, 'PUT')
    expect(tally.warnings()).toEqual([])
  })
})
