import { describe, expect, it } from 'vitest'
import {
  ascii,
  describeFrames,
  framesOf,
  reasonOf,
  TEMPERATURE,
} from '../../../../test/support/coap-conversation.ts'
import { describeParts, down, hex, up } from '../../../../test/support/dissection.ts'

describe('blocks (RFC 7959)', () => {
  const KILOBYTE = '61'.repeat(1024)
  const block1 = (id: string, value: string, payload: string) =>
    up(hex(`41 02 ${id} aa b1 61 d1 03 ${value} ff ${payload}`))
  const continues = (id: string, value: string) => down(hex(`61 5f ${id} aa d1 0e ${value}`))

  it('a body in three blocks is one message', () => {
    const conversation = [
      block1('0001', '0e', KILOBYTE),
      continues('0001', '0e'),
      block1('0002', '1e', KILOBYTE),
      continues('0002', '1e'),
      block1('0003', '26', 'ffff'),
      down(hex('61 44 0003 aa d1 0e 26')),
    ]
    expect(describeFrames(conversation)).toEqual([
      'up steady POST framing+payload begins',
      'down steady response acknowledgement',
      'up steady POST framing+payload continues',
      'down steady response acknowledgement',
      'up steady POST framing+payload continues',
      'down steady response acknowledgement',
    ])
    const [, acknowledged, second] = framesOf(conversation)
    expect(describeParts(second).slice(6, 9)).toEqual([
      'framing | Block1 delta and length | 1 | option 27',
      'framing | Block1 delta extended | 1 | -',
      'framing | Block1 | 1 | block 1 of 1024 bytes, more follow',
    ])
    expect(describeParts(acknowledged)[1]).toBe('acknowledgement | Code | 1 | 2.31 Continue')
  })

  it('a body in one block is a whole message', () => {
    expect(describeFrames([block1('0001', '06', 'ff')])).toEqual(['up steady POST framing+payload'])
  })

  it('begins anew with block 0', () => {
    expect(
      describeFrames([
        block1('0001', '0e', KILOBYTE),
        block1('0002', '0e', KILOBYTE),
        block1('0003', '16', 'ff'),
      ]).map((line) => line.split(' ').at(-1)),
    ).toEqual(['begins', 'begins', 'continues'])
  })

  it('does not explain a block that does not follow, or is not of its size', () => {
    expect(reasonOf([block1('0001', '0e', KILOBYTE), block1('0002', '2e', KILOBYTE)])).toBe(
      'block 2 begins at byte 2048 of its body, of which 1024 have come (RFC 7959 §2.5)',
    )
    expect(reasonOf([block1('0001', '16', 'ff')])).toMatch(/begins at byte 1024 .* 0 have come/)
    expect(reasonOf([block1('0001', '0e', 'ffff')])).toMatch(
      /one of 1024 bytes, but this one has 2/,
    )
    expect(reasonOf([block1('0001', '07', 'ff')])).toMatch(/reserved size exponent 7/)
    expect(reasonOf([up(hex('40 02 0001 d4 0e 00000000'))])).toMatch(/longer than 3 bytes/)
  })
})

describe('observation (RFC 7641)', () => {
  const register = up(hex(`41 01 0001 4a 60 5b ${ascii('temperature')}`))
  const registered = down(hex(`61 45 0001 4a 61 0c ff ${ascii('22.9 C')}`))
  const notify = (id: string, sequence: string, text: string) =>
    down(hex(`41 45 ${id} 4a 61 ${sequence} ff ${ascii(text)}`))
  const deregister = up(hex(`41 01 0009 4a 61 01 5b ${ascii('temperature')}`))

  it('registers, is notified, says again that it is interested, and deregisters', () => {
    const conversation = [
      register,
      registered,
      notify('7001', '2c', '22.8 C'),
      up(hex('60 00 7001')),
      up(hex(`41 01 0002 4a 60 5b ${ascii('temperature')}`)),
      down(hex('61 45 0002 4a 61 2d')),
      notify('7002', '3c', '23.1 C'),
      up(hex('60 00 7002')),
      deregister,
      down(hex(`61 45 0009 4a ff ${ascii('23.1 C')}`)),
    ]
    expect(describeFrames(conversation)).toEqual([
      'up setup GET register control',
      'down setup response control',
      'down steady notification framing+payload',
      'up steady ACK acknowledgement',
      'up idle GET register again control',
      'down idle response control',
      'down steady notification framing+payload',
      'up steady ACK acknowledgement',
      'up close GET deregister control',
      'down close response control',
    ])
    const notification = framesOf(conversation)[2]
    expect(describeParts(notification).slice(4)).toEqual([
      'framing | Observe delta and length | 1 | option 6',
      'framing | Observe | 1 | 44',
      'framing | payload marker | 1 | ff',
      'payload | payload | 6 | -',
    ])
  })

  it('a notification that crosses the deregistration is still one', () => {
    expect(
      describeFrames([
        register,
        registered,
        deregister,
        notify('7001', '2c', '22.8 C'),
        down(hex('61 45 0009 4a')),
      ]).slice(2),
    ).toEqual([
      'up close GET deregister control',
      'down steady notification framing+payload',
      'down close response control',
    ])
  })

  it('an empty notification is a message of no bytes', () => {
    const frames = framesOf([register, registered, down(hex('41 45 7001 4a 61 2c'))])
    expect(describeParts(frames[2]).at(-1)).toBe('payload | payload | 0 | -')
  })

  it('a reset ends it (§3.6), and what follows is explained by nothing', () => {
    const ended = [register, registered, notify('7001', '2c', 'a'), up(hex('70 00 7001'))]
    expect(describeFrames(ended).at(-1)).toBe('up close RST control')
    expect(reasonOf([...ended, notify('7002', '2d', 'b')])).toMatch(/which no open request has/)
  })

  it('a response without Observe ends it (§4.2)', () => {
    expect(describeFrames([register, registered, down(hex('41 84 7001 4a'))]).at(-1)).toBe(
      'down close response control',
    )
  })

  it('a registration that is refused observes nothing', () => {
    expect(describeFrames([register, down(hex('61 84 0001 4a'))])).toEqual([
      'up setup GET register control',
      'down setup response control',
    ])
    expect(reasonOf([register, down(hex('61 84 0001 4a')), notify('7001', '2c', 'a')])).toMatch(
      /which no open request has/,
    )
  })

  it('a registration that is answered separately (RFC 7252 §5.2.2)', () => {
    expect(
      describeFrames([register, down(hex('60 00 0001')), notify('7001', '0c', '22.9 C')]),
    ).toEqual([
      'up setup GET register control',
      'down setup ACK acknowledgement',
      'down setup response control',
    ])
  })

  it('a notification whose blocks are fetched is one message (RFC 7959 §2.6)', () => {
    const kilobyte = '61'.repeat(1024)
    expect(
      describeFrames([
        register,
        registered,
        down(hex(`41 45 7001 4a 61 2c d1 04 0e ff ${kilobyte}`)),
        up(hex('60 00 7001')),
        up(hex(`41 01 0002 bb ${TEMPERATURE} c1 1e`)),
        down(hex(`61 45 0002 bb d1 0a 1e ff ${kilobyte}`)),
        up(hex(`41 01 0003 bb ${TEMPERATURE} c1 26`)),
        down(hex('61 45 0003 bb d1 0a 26 ff 62')),
        // All of it has come: this asks for something else.
        up(hex(`41 01 0004 bb ${TEMPERATURE} c1 36`)),
      ]).slice(2),
    ).toEqual([
      'down steady notification framing+payload begins',
      'up steady ACK acknowledgement',
      'up steady GET next block control',
      'down steady response framing+payload continues',
      'up steady GET next block control',
      'down steady response framing+payload continues',
      'up steady GET framing',
    ])
  })
})
