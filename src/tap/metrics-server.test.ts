import { describe, expect, it } from 'vitest'
import { formOf, serveMetrics } from './metrics-server.ts'

const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

describe('the figures of a tap over HTTP', () => {
  it.each([
    [PROMETHEUS, 'openmetrics'],
    ['text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'text'],
    ['text/plain, application/openmetrics-text;q=0.3', 'text'],
    ['application/openmetrics-text; q=0', 'text'],
    ['*/*', 'text'],
    [undefined, 'text'],
  ] as const)('to who accepts %s are %s', (accept, form) => {
    expect(formOf(accept)).toBe(form)
  })

  it('are at one place, to be read', async () => {
    await using server = await serveMetrics({ address: '127.0.0.1', port: 0 }, async (form) => ({
      contentType: 'text/plain',
      text: `${form}\n`,
    }))
    const ask = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
      const answer = await fetch(`http://${server.place}${path}`, init)
      return [answer.status, await answer.text()]
    }
    const accept = { headers: { accept: PROMETHEUS } }
    expect(await ask('/metrics?a=b', accept)).toEqual([200, 'openmetrics\n'])
    expect(await ask('/metrics', { method: 'HEAD' })).toEqual([200, ''])
    expect(await ask('/metrics', { method: 'POST' })).toEqual([405, 'only GET\n'])
    expect(await ask('/')).toEqual([404, 'the figures are at /metrics\n'])
    const port = Number(server.place.split(':')[1])
    await expect(
      serveMetrics({ address: '127.0.0.1', port }, async () => ({ contentType: '', text: '' })),
    ).rejects.toThrow(/^--metrics: cannot listen on 127\.0\.0\.1:\d+ .*EADDRINUSE/)
  })
})
