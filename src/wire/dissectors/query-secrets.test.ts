import { expect, it } from 'vitest'
import {
  type Conversation,
  dissect,
  down,
  hex,
  up,
  withheldLabels,
} from '../../../test/support/dissection.ts'
import { frame, OPENING, said } from '../../../test/support/http2-frames.ts'
import { UPGRADE_REQUEST, UPGRADE_RESPONSE } from '../../../test/support/websocket-frames.ts'
import type { DissectorFactory } from '../../model/wire/frame.ts'
import { dissectCoap } from './coap/coap.ts'
import { dissectHttp1 } from './http1/http1.ts'
import { dissectHttp2 } from './http2/http2.ts'
import { dissectWebSocket } from './websocket/websocket.ts'

const PATH = '/t?token=SECRET&unit=C'
const hexOf = (text: string): string => Buffer.from(text).toString('hex')
const option = (delta: string, text: string): string =>
  `${delta}${text.length.toString(16)}${hexOf(text)}`

/** What a report keeps of an exchange, and `inspect` shows, has no value that lets anybody in. */
it.each<[string, DissectorFactory, Conversation, string]>([
  ['HTTP/1.1', dissectHttp1, [up(`GET ${PATH} HTTP/1.1\r\nHost: h\r\n\r\n`)], 'query token'],
  [
    'a WebSocket’s opening',
    dissectWebSocket,
    [up(UPGRADE_REQUEST.replace('/chat', PATH)), down(UPGRADE_RESPONSE)],
    'query token',
  ],
  [
    'HTTP/2',
    dissectHttp2,
    [...OPENING, up(said(frame('01', '05', 1, `82 86 04 16 ${hexOf(PATH)} 41 01 68`)))],
    ':path',
  ],
  [
    'CoAP',
    dissectCoap,
    [
      up(
        hex(`40 01 0001 ${option('b', 't')} ${option('4', 'token=SECRET')} ${option('0', 'u=C')}`),
      ),
    ],
    'Uri-Query',
  ],
])('%s: a credential in a query is withheld, and the rest is not', (_, dissector, talk, label) => {
  const { frames, gaps } = dissect(dissector, talk)
  expect(gaps).toEqual([])
  const shown = JSON.stringify(frames)
  expect(shown).not.toContain('SECRET')
  expect(shown).toMatch(/unit=C|u=C/)
  expect(frames.flatMap(withheldLabels)).toEqual([label])
})
