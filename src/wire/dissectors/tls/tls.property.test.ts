import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../../test/support/dissection.ts'
import { cuts, noise, split } from '../../../../test/support/distortion.ts'
import {
  CONTENT_TYPE,
  clientHello,
  closeNotify,
  encryptedExtensions,
  keyLog,
  keyUpdate,
  newSessionTicket,
  serverHello,
  shakeHands,
} from '../../../../test/support/tls-records.ts'
import { dissectLengthPrefixed } from '../length-prefixed.ts'
import { TlsSecrets } from './keys/tls-secrets.ts'
import { dissectTls } from './tls.ts'

/** Damage of the wire ends at the tag; here the sender itself says anything, and seals it well. */

const secrets = new TlsSecrets()
for (const line of keyLog()) secrets.learn(line)
const factory = dissectTls(dissectLengthPrefixed, secrets)

const said = fc.oneof(
  fc.uint8Array(),
  fc.constantFrom<Uint8Array[]>(
    hex('00000003 616263'),
    newSessionTicket(),
    keyUpdate(),
    closeNotify(),
    clientHello(),
    serverHello(),
    encryptedExtensions(),
  ),
)
const record = fc.record({
  from: fc.constantFrom('up' as const, 'down' as const),
  type: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(CONTENT_TYPE.data, CONTENT_TYPE.handshake) },
    { weight: 1, arbitrary: fc.constantFrom(CONTENT_TYPE.alert, 0, 20, 99) },
  ),
  said,
  /** How much of it is said, from the front: messages are left unfinished, too. */
  kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  padding: fc.nat({ max: 3 }),
})

describe('TLS', () => {
  it('leaves out no byte of what is sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(record), cuts, (records, lengths) => {
        const { said: handshake, client, server } = shakeHands()
        const conversation: Conversation = [
          ...handshake,
          ...records.map(({ from, type, said: content, kept, padding }) => {
            const part = content.subarray(0, Math.ceil(content.length * kept))
            return from === 'up'
              ? up(client.seal(type, part, padding))
              : down(server.seal(type, part, padding))
          }),
        ]
        const found = dissect(factory, conversation)
        expect(findTilingFault(found, conversation)).toBeNull()
        expect(dissect(factory, split(conversation, lengths))).toEqual(found)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(noise, (conversation) => {
        expect(findTilingFault(dissect(factory, conversation), conversation)).toBeNull()
      }),
    )
  })
})
