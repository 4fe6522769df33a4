import { generate, type Packet } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  describeParts,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
  withheldLabels,
} from '../../../../test/support/dissection.ts'
import { dissectMqtt311 } from './mqtt311.ts'

// Written out from the specification, byte by byte.
const CONNECT = hex('10 17 0004 4d515454 04 02 003c 000b 73656e736f722d30303031')
const CONNACK = hex('20 02 00 00')
const TOPIC = '000c 73656e736f72732f74656d70'
const PAYLOAD = '7b202274656d70223a203235207d'
const publish0 = hex(`30 1c ${TOPIC} ${PAYLOAD}`)
const publish1 = hex(`32 1e ${TOPIC} 0001 ${PAYLOAD}`)
const publish2 = hex(`34 1e ${TOPIC} 0002 ${PAYLOAD}`)

const opened: Conversation = [up(CONNECT), down(CONNACK)]
const onceOpen = (...rest: Conversation): Conversation => [...opened, ...rest]

const encode = (packet: Packet): Uint8Array => generate(packet, { protocolVersion: 4 })

/** Bytes of the frames after CONNECT and CONNACK, which are there in full. */
function measure(conversation: Conversation): number {
  const found = dissect(dissectMqtt311, conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames.slice(2).reduce((sum, frame) => sum + frame.lengthBytes, 0)
}

function reasonFor(conversation: Conversation): string | undefined {
  const found = dissect(dissectMqtt311, conversation)
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.gaps[0]?.reason
}

describe('what a message costs', () => {
  it.each([
    ['QoS 0', 30, [up(publish0)]],
    ['QoS 1', 36, [up(publish1), down(hex('40020001'))]],
    [
      'QoS 2',
      44,
      [up(publish2), down(hex('50020002')), up(hex('62020002')), down(hex('70020002'))],
    ],
  ] as const)('%s: %i bytes', (_, bytes, messages) => {
    expect(measure(onceOpen(...messages))).toBe(bytes)
  })

  it.each([
    ['SUBSCRIBE', 19, 'SUBACK', 5],
    ['PINGREQ', 2, 'PINGRESP', 2],
  ] as const)('%s %i, %s %i', (asked, askedBytes, answered, answeredBytes) => {
    const exchange =
      asked === 'SUBSCRIBE'
        ? [up(hex(`82 11 0007 ${TOPIC} 01`)), down(hex('90 03 0007 01'))]
        : [up(hex('c000')), down(hex('d000'))]
    const { frames } = dissect(dissectMqtt311, onceOpen(...exchange))
    expect(frames.slice(2).map(({ label, lengthBytes }) => [label, lengthBytes])).toEqual([
      [asked, askedBytes],
      [answered, answeredBytes],
    ])
  })

  it('CONNECT 14 + n, CONNACK 4, DISCONNECT 2', () => {
    const { frames } = dissect(dissectMqtt311, onceOpen(up(hex('e000'))))
    expect(frames.map(({ label, lengthBytes, phase }) => [label, lengthBytes, phase])).toEqual([
      ['CONNECT', 14 + 'sensor-0001'.length, 'setup'],
      ['CONNACK', 4, 'setup'],
      ['DISCONNECT', 2, 'close'],
    ])
  })
})

describe('the parts', () => {
  it('of CONNECT', () => {
    expect(describeParts(dissect(dissectMqtt311, opened).frames[0])).toEqual([
      'control | packet type and flags | 1 | CONNECT',
      'control | Remaining Length | 1 | 23',
      'control | Protocol Name length | 2 | 4',
      'control | Protocol Name | 4 | MQTT',
      'control | Protocol Level | 1 | 4',
      'control | Connect Flags | 1 | Clean Session',
      'control | Keep Alive | 2 | 60',
      'control | Client Identifier length | 2 | 11',
      'control | Client Identifier | 11 | sensor-0001',
    ])
  })

  it('of PUBLISH and its acknowledgement, each with the clause that defines it', () => {
    const { frames } = dissect(dissectMqtt311, onceOpen(up(publish1), down(hex('40020001'))))
    expect(describeParts(frames[2])).toEqual([
      'framing | packet type and flags | 1 | PUBLISH QoS 1',
      'framing | Remaining Length | 1 | 30',
      'framing | Topic Name length | 2 | 12',
      'framing | Topic Name | 12 | sensors/temp',
      'framing | Packet Identifier | 2 | 1',
      'payload | payload | 14 | -',
    ])
    expect(frames[2]).toMatchObject({ phase: 'steady', clause: 'MQTT 3.1.1 §3.3' })
    for (const part of frames[2]?.parts ?? []) expect(part.clause).toMatch(/^MQTT 3\.1\.1 §/)
    expect(describeParts(frames[3])).toEqual([
      'acknowledgement | packet type and flags | 1 | PUBACK',
      'acknowledgement | Remaining Length | 1 | 2',
      'acknowledgement | Packet Identifier | 2 | 1',
    ])
  })

  it('never hold a user name, a password or a will', () => {
    const connect = encode({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: 'a',
      clean: true,
      keepalive: 0,
      username: 'SECRET-USER',
      password: Buffer.from('SECRET-PASSWORD'),
      will: { topic: 'gone', payload: Buffer.from('SECRET-WILL'), qos: 2, retain: true },
    })
    const found = dissect(dissectMqtt311, [up(connect), down(CONNACK)])
    expect(found.gaps).toEqual([])
    expect(describeParts(found.frames[0]).slice(-8)).toEqual([
      'control | Will Topic length | 2 | 4',
      'control | Will Topic | 4 | gone',
      'control | Will Message length | 2 | 11',
      'control | Will Message | 11 | -',
      'control | User Name length | 2 | 11',
      'control | User Name | 11 | -',
      'control | Password length | 2 | 15',
      'control | Password | 15 | -',
    ])
    expect(JSON.stringify(found)).not.toContain('SECRET')
    expect(withheldLabels(found.frames[0])).toEqual(['User Name', 'Password'])
  })

  it('leave out a value that is long or would reach a terminal as a command', () => {
    const long = encode({
      cmd: 'publish',
      topic: 'x'.repeat(101),
      payload: '',
      qos: 0,
      dup: false,
      retain: true,
    })
    const terminalCommand = hex('30 04 0002 1b63')
    const { frames } = dissect(dissectMqtt311, onceOpen(up(long), up(terminalCommand)))
    expect(frames[2]?.parts[3]?.text).toBeUndefined()
    expect(frames[3]?.parts[3]?.text).toBeUndefined()
    expect(frames[2]?.parts[0]?.text).toBe('PUBLISH QoS 0, RETAIN')
    // An empty payload is a message too.
    expect(frames[2]?.parts.at(-1)).toMatchObject({ layer: 'payload', lengthBytes: 0 })
  })
})

describe('every packet type, encoded by mqtt-packet', () => {
  const subscriptions = [
    { topic: 'a/+/b', qos: 0 as const },
    { topic: '#', qos: 2 as const },
  ]
  const conversation: Conversation = onceOpen(
    up(encode({ cmd: 'subscribe', messageId: 1, subscriptions })),
    down(encode({ cmd: 'suback', messageId: 1, granted: [0, 128] })),
    down(
      encode({
        cmd: 'publish',
        topic: 'a',
        payload: 'x',
        qos: 2,
        messageId: 1,
        dup: false,
        retain: false,
      }),
    ),
    up(encode({ cmd: 'pubrec', messageId: 1 })),
    down(encode({ cmd: 'pubrel', messageId: 1 })),
    up(encode({ cmd: 'pubcomp', messageId: 1 })),
    up(encode({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a/+/b', '#'] })),
    down(hex('b0020001')),
    up(encode({ cmd: 'pingreq' })),
    down(encode({ cmd: 'pingresp' })),
    up(encode({ cmd: 'disconnect' })),
  )

  it('is explained, in its phase and layer', () => {
    const found = dissect(dissectMqtt311, conversation)
    expect(found.gaps).toEqual([])
    expect(findTilingFault(found, conversation)).toBeNull()
    const layers = found.frames.map(
      (frame) => `${frame.label} ${frame.phase} ${[...new Set(frame.parts.map((p) => p.layer))]}`,
    )
    expect(layers).toEqual([
      'CONNECT setup control',
      'CONNACK setup control',
      'SUBSCRIBE setup control',
      'SUBACK setup control',
      'PUBLISH steady framing,payload',
      'PUBREC steady acknowledgement',
      'PUBREL steady acknowledgement',
      'PUBCOMP steady acknowledgement',
      'UNSUBSCRIBE setup control',
      'UNSUBACK setup control',
      'PINGREQ idle control',
      'PINGRESP idle control',
      'DISCONNECT close control',
    ])
  })
})

describe('a payload of 16 MB', () => {
  it('is counted by a Remaining Length of four bytes', () => {
    const lengthBytes = 16_000_000
    const message = encode({
      cmd: 'publish',
      topic: 't',
      payload: Buffer.alloc(lengthBytes),
      qos: 0,
      dup: false,
      retain: false,
    })
    expect(measure(onceOpen(up(message)))).toBe(1 + 4 + 3 + lengthBytes)
  })
})

describe('a re-sent message', () => {
  const again = hex(`3a 1e ${TOPIC} 0001 ${PAYLOAD}`)

  it('keeps its identifier, and each copy is acknowledged', () => {
    const puback = down(hex('40020001'))
    expect(reasonFor(onceOpen(up(publish1), up(again), puback, puback))).toBeUndefined()
    expect(reasonFor(onceOpen(up(publish1), up(again), puback, puback, puback))).toMatch(/PUBACK/)
  })

  it('may be a PUBREL, where the session outlived a connection', () => {
    const resume = up(hex('10 0d 0004 4d515454 04 00 003c 0001 61'))
    const released = [up(hex('62020009')), down(hex('70020009'))]
    expect(reasonFor([resume, down(hex('20020100')), ...released])).toBeUndefined()
    expect(reasonFor(onceOpen(...released))).toMatch(/PUBREL for Packet Identifier 9/)
  })
})

describe('what no rule explains', () => {
  const connect = (fields: string): Conversation => {
    const body = hex(fields)
    return [up(hex(`10 ${body.length.toString(16).padStart(2, '0')} ${fields}`))]
  }
  it.each<[string, Conversation, RegExp]>([
    ['packet type 15', [up(hex('ff00'))], /type 15 is reserved/],
    ['packet type 0', onceOpen(down(hex('0000'))), /type 0 is reserved/],
    ['no CONNECT first', [up(hex('c000'))], /first packet is PINGREQ.*MQTT-3\.1\.0-1/],
    ['a second CONNECT', onceOpen(up(CONNECT)), /MQTT-3\.1\.0-2/],
    ['CONNACK before CONNECT', [down(CONNACK)], /before a CONNECT/],
    ['another answer than CONNACK', [up(CONNECT), down(hex('d000'))], /MQTT-3\.2\.0-1/],
    ['a second CONNACK', onceOpen(down(CONNACK)), /second CONNACK/],
    ['a client that sends CONNACK', onceOpen(up(CONNACK)), /client does not send CONNACK/],
    [
      'a server that sends SUBSCRIBE',
      onceOpen(down(hex('8200'))),
      /server does not send SUBSCRIBE/,
    ],
    [
      'packets after a refusal',
      [up(CONNECT), down(hex('20020005')), down(hex('d000'))],
      /MQTT-3\.2\.2-5/,
    ],
    ['packets after DISCONNECT', onceOpen(up(hex('e000c000'))), /MQTT-3\.14\.4-2/],
    [
      'flags of PUBACK',
      onceOpen(up(publish1), down(hex('41020001'))),
      /flags of PUBACK.*MQTT-2\.2\.2-2/,
    ],
    ['flags of PUBREL', onceOpen(up(hex('60020001'))), /flags of PUBREL are 0, not 2/],
    ['QoS 3', onceOpen(up(hex('36050001610001'))), /MQTT-3\.3\.1-4/],
    ['DUP on QoS 0', onceOpen(up(hex('3803000161'))), /MQTT-3\.3\.1-2/],
    ['a Remaining Length of five bytes', onceOpen(up(hex('30ffffffff01'))), /four bytes/],
    ['a topic with +', onceOpen(up(hex('300300012b'))), /wildcard/],
    ['a topic with #', onceOpen(up(hex('3003000123'))), /wildcard/],
    ['an empty topic', onceOpen(up(hex('30020000'))), /MQTT-4\.7\.3-1/],
    ['a topic that is no UTF-8', onceOpen(up(hex('30040002c328'))), /MQTT-1\.5\.3-1/],
    ['a surrogate in UTF-8', onceOpen(up(hex('30050003eda080'))), /MQTT-1\.5\.3-1/],
    ['U+0000 in a topic', onceOpen(up(hex('3003000100'))), /MQTT-1\.5\.3-2/],
    ['a topic beyond the packet', onceOpen(up(hex('3003000561'))), /Topic Name runs past/],
    ['Packet Identifier 0', onceOpen(up(hex('32050001610000'))), /MQTT-2\.3\.1-1/],
    ['an identifier in use', onceOpen(up(publish1), up(publish1)), /MQTT-2\.3\.1-2/],
    ['PUBACK for nothing', onceOpen(down(hex('40020001'))), /PUBACK for Packet Identifier 1/],
    [
      'PUBACK for QoS 2',
      onceOpen(up(publish2), down(hex('40020002'))),
      /PUBACK for Packet Identifier 2/,
    ],
    ['PUBACK from the publisher', onceOpen(up(publish1), up(hex('40020001'))), /PUBACK/],
    ['PUBCOMP before PUBREL', onceOpen(up(publish2), down(hex('5002000270020002'))), /PUBCOMP/],
    ['a long PUBACK', onceOpen(up(publish1), down(hex('4003000100'))), /1 bytes more/],
    ['PINGRESP for nothing', onceOpen(down(hex('d000'))), /no PINGREQ/],
    ['SUBSCRIBE without a filter', onceOpen(up(hex('82020001'))), /MQTT-3\.8\.3-3/],
    ['SUBSCRIBE for QoS 3', onceOpen(up(hex('8206000100016103'))), /MQTT-3-8\.3-4/],
    ['a filter with # inside', onceOpen(up(hex('82070001000223 61 00'))), /MQTT-4\.7\.1-2/],
    ['a filter with + inside', onceOpen(up(hex('8207000100022b 61 00'))), /MQTT-4\.7\.1-3/],
    ['UNSUBSCRIBE without a filter', onceOpen(up(hex('a2020001'))), /MQTT-3\.10\.3-2/],
    [
      'SUBACK with too many codes',
      onceOpen(up(hex('8206000100016100')), down(hex('900400010000'))),
      /MQTT-3\.8\.4-5/,
    ],
    [
      'SUBACK with a reserved code',
      onceOpen(up(hex('8206000100016100')), down(hex('9003000103'))),
      /MQTT-3\.9\.3-2/,
    ],
    ['Session Present on a clean session', [up(CONNECT), down(hex('20020100'))], /MQTT-3\.2\.2-1/],
    ['Session Present on a refusal', [up(CONNECT), down(hex('20020105'))], /MQTT-3\.2\.2-4/],
    ['a reserved return code', [up(CONNECT), down(hex('20020006'))], /code 6 is reserved/],
    ['MQTT 3.1', connect('0006 4d5149736470 03 02 003c 0001 61'), /MQTT-3\.1\.2-1/],
    ['MQTT 5', connect('0004 4d515454 05 02 003c 00 0001 61'), /Level is 5.*MQTT-3\.1\.2-2/],
    ['the reserved Connect Flag', connect('0004 4d515454 04 03 003c 0001 61'), /MQTT-3\.1\.2-3/],
    ['Will QoS without a will', connect('0004 4d515454 04 0a 003c 0001 61'), /MQTT-3\.1\.2-13/],
    ['Will QoS 3', connect('0004 4d515454 04 1e 003c 0001 61'), /MQTT-3\.1\.2-14/],
    ['Will Retain without a will', connect('0004 4d515454 04 22 003c 0001 61'), /MQTT-3\.1\.2-15/],
    ['a password alone', connect('0004 4d515454 04 42 003c 0001 61'), /MQTT-3\.1\.2-22/],
    ['no id on a kept session', connect('0004 4d515454 04 00 003c 0000'), /MQTT-3\.1\.3-7/],
    ['bytes after the last field', connect('0004 4d515454 04 02 003c 0001 61 00'), /1 bytes more/],
    [
      'a packet cut short',
      onceOpen(up(publish1.subarray(0, 20))),
      /ended in the middle of PUBLISH, 20 bytes/,
    ],
    [
      'an answer cut short',
      onceOpen(up(publish1), down(hex('40'))),
      /ended in the middle of PUBACK/,
    ],
  ])('%s', (_, conversation, reason) => {
    expect(reasonFor(conversation)).toMatch(reason)
  })

  it('stops its direction only', () => {
    const found = dissect(
      dissectMqtt311,
      onceOpen(up(publish1), up('\xff'), up(publish0), down(hex('40020001'))),
    )
    expect(found.gaps).toMatchObject([{ direction: 'up', offset: 25 + 32 }])
    expect(found.frames.map(({ label }) => label)).toEqual([
      'CONNECT',
      'CONNACK',
      'PUBLISH',
      'PUBACK',
    ])
  })
})
