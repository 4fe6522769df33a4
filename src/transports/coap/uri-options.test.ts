import { describe, expect, it } from 'vitest'
import { scenarioSchema } from '../../model/scenario/scenario.ts'
import { nameOf, parseResource, postedResource, uriOptionsOf } from './uri-options.ts'

describe('a resource', () => {
  it.each([
    ['/sensors/temp', ['sensors', 'temp'], [], '/sensors/temp'],
    ['/', [], [], '/'],
    ['', [], [], '/'],
    ['/a/', ['a', ''], [], '/a/'],
    ['/a?x=1&y', ['a'], ['x=1', 'y'], '/a?x=1&y'],
    ['/a%20b/%C3%A9?q=%26', ['a b', 'é'], ['q=&'], '/a b/é?q=&'],
    ['/100%', ['100%'], [], '/100%'],
    ['/a?', ['a'], [], '/a'],
  ])('%j is named by its options (RFC 7252 §6.4)', (text, path, query, name) => {
    const resource = parseResource(text)
    expect(resource).toEqual({ path, query })
    expect(nameOf(resource)).toBe(name)
    expect(uriOptionsOf(resource)).toEqual({
      'Uri-Path': path.map((each) => Buffer.from(each)),
      'Uri-Query': query.map((each) => Buffer.from(each)),
    })
  })

  it.each([
    ['coap://127.0.0.1:12345', '/from/scenario'],
    ['coap://127.0.0.1:12345/', '/from/scenario'],
    ['coap://127.0.0.1:12345/from/address?a', '/from/address?a'],
  ])('is the one of the address %s, or of the scenario where it names none', (address, name) => {
    const scenario = scenarioSchema.parse({
      name: 'a',
      title: 'a',
      path: '/from/scenario',
      payload: { text: 'a' },
    })
    expect(nameOf(postedResource(new URL(address), scenario))).toBe(name)
  })
})
