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
import { dissectMqtt5 } from './mqtt5.ts'

// Written out from the specification, byte by byte.
const CONNECT = hex('10 18 0004 4d515454 05 02 003c 00 000b 73656e736f722d30303031')
const CONNACK = hex('20 03 00 00 00')
const TOPIC = '000c 73656e736f72732f74656d70'
const PAYLOAD = '7b202274656d70223a203235207d'
const publish1 = up(hex(`32 1f ${TOPIC} 0001 00 ${PAYLOAD}`))
const publish2 = up(hex(`34 1f ${TOPIC} 0002 00 ${PAYLOAD}`))
const firstAlias = up(hex(`30 20 ${TOPIC} 03 23 0001 ${PAYLOAD}`))
const laterAlias = up(hex(`30 14 0000 03 23 0001 ${PAYLOAD}`))

const opened: Conversation = [up(CONNECT), down(CONNACK)]
const onceOpen = (...rest: Conversation): Conversation => [...opened, ...rest]

const encode = (packet: Packet): Uint8Array => generate(packet, { protocolVersion: 5 })

function sizesOf(conversation: Conversation): number[] {
  const found = dissect(dissectMqtt5, conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames.slice(2).map((frame) => frame.lengthBytes)
}

function reasonFor(conversation: Conversation): string | undefined {
  const found = dissect(dissectMqtt5, conversation)
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.gaps[0]?.reason
}

describe('what a message costs', () => {
  it.each<[string, number[], Conversation]>([
    ['QoS 0', [31], [up(hex(`30 1d ${TOPIC} 00 ${PAYLOAD}`))]],
    ['QoS 1', [33, 4], [publish1, down(hex('40020001'))]],
    [
      'QoS 2',
      [33, 4, 4, 4],
      [publish2, down(hex('50020002')), up(hex('62020002')), down(hex('70020002'))],
    ],
    ['a topic alias, first and later', [34, 22, 22], [firstAlias, laterAlias, laterAlias]],
  ])('%s: %j', (_, sizes, messages) => {
    expect(sizesOf(onceOpen(...messages))).toEqual(sizes)
  })

  it('CONNECT 15 + n, CONNACK at least 5', () => {
    const { frames } = dissect(dissectMqtt5, opened)
    expect(frames.map(({ lengthBytes }) => lengthBytes)).toEqual([15 + 'sensor-0001'.length, 5])
  })
})

describe('the parts', () => {
  it('of a PUBLISH that sets an alias, each with its clause', () => {
    const { frames } = dissect(dissectMqtt5, onceOpen(firstAlias))
    expect(describeParts(frames[2])).toEqual([
      'framing | packet type and flags | 1 | PUBLISH QoS 0',
      'framing | Remaining Length | 1 | 32',
      'framing | Topic Name length | 2 | 12',
      'framing | Topic Name | 12 | sensors/temp',
      'framing | Property Length | 1 | 3',
      'framing | Topic Alias | 3 | 1',
      'payload | payload | 14 | -',
    ])
    expect(frames[2]?.parts[5]?.clause).toBe('MQTT 5.0 §3.3.2.3.4')
    for (const part of frames[2]?.parts ?? []) expect(part.clause).toMatch(/^MQTT 5\.0 §/)
  })

  it('never hold a credential, a user property or a will', () => {
    const connect = encode({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clientId: 'a',
      clean: true,
      keepalive: 0,
      username: 'SECRET-USER',
      password: Buffer.from('SECRET-PASSWORD'),
      properties: {
        authenticationMethod: 'SCRAM',
        authenticationData: Buffer.from('SECRET-DATA'),
        userProperties: { token: 'SECRET-TOKEN' },
      },
      will: {
        topic: 'gone',
        payload: Buffer.from('SECRET-WILL'),
        qos: 2,
        retain: true,
        properties: { correlationData: Buffer.from('SECRET-CORRELATION') },
      },
    })
    const found = dissect(dissectMqtt5, [up(connect), down(CONNACK)])
    expect(found.gaps).toEqual([])
    expect(describeParts(found.frames[0])).toContain('control | Authentication Method | 8 | SCRAM')
    expect(JSON.stringify(found)).not.toContain('SECRET')
    expect(withheldLabels(found.frames[0])).toEqual([
      'Authentication Data',
      'User Property',
      'User Name',
      'Password',
    ])
  })
})

describe('every packet type, encoded by mqtt-packet', () => {
  const properties = { reasonString: 'why', userProperties: { a: 'b' } }
  const conversation: Conversation = [
    up(CONNECT),
    down(
      encode({
        cmd: 'connack',
        sessionPresent: false,
        reasonCode: 0,
        properties: {
          receiveMaximum: 20,
          maximumQoS: 1,
          retainAvailable: true,
          maximumPacketSize: 100_000,
          assignedClientIdentifier: 'x',
          topicAliasMaximum: 10,
          wildcardSubscriptionAvailable: true,
          subscriptionIdentifiersAvailable: true,
          sharedSubscriptionAvailable: false,
          serverKeepAlive: 60,
          responseInformation: 'r',
          serverReference: 's',
          sessionExpiryInterval: 5,
          ...properties,
        },
      }),
    ),
    up(encode({ cmd: 'auth', reasonCode: 24, properties: { authenticationMethod: 'm' } })),
    down(encode({ cmd: 'auth', reasonCode: 0, properties: { authenticationMethod: 'm' } })),
    up(
      encode({
        cmd: 'subscribe',
        messageId: 1,
        subscriptions: [{ topic: 'a/+', qos: 1, nl: true, rap: true, rh: 2 }],
        properties: { subscriptionIdentifier: 300, userProperties: { a: 'b' } },
      }),
    ),
    down(encode({ cmd: 'suback', messageId: 1, granted: [1], properties })),
    down(
      encode({
        cmd: 'publish',
        topic: 'a',
        payload: 'x',
        qos: 2,
        messageId: 1,
        dup: false,
        retain: false,
        properties: {
          payloadFormatIndicator: true,
          messageExpiryInterval: 9,
          responseTopic: 'b',
          correlationData: Buffer.of(1),
          subscriptionIdentifier: 300,
          contentType: 'text/plain',
        },
      }),
    ),
    up(encode({ cmd: 'pubrec', messageId: 1, reasonCode: 16, properties })),
    down(encode({ cmd: 'pubrel', messageId: 1, reasonCode: 0, properties })),
    up(encode({ cmd: 'pubcomp', messageId: 1, reasonCode: 0, properties })),
    publish1,
    down(encode({ cmd: 'puback', messageId: 1, reasonCode: 16, properties })),
    up(encode({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a/+'] })),
    down(encode({ cmd: 'unsuback', messageId: 1, granted: [17], properties } as unknown as Packet)),
    up(encode({ cmd: 'pingreq' })),
    down(encode({ cmd: 'pingresp' })),
    down(encode({ cmd: 'disconnect', reasonCode: 139, properties })),
    up(encode({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 1 } })),
  ]

  it('is explained, in its phase and layer', () => {
    const found = dissect(dissectMqtt5, conversation)
    expect(found.gaps).toEqual([])
    expect(findTilingFault(found, conversation)).toBeNull()
    const layers = found.frames.map(
      (frame) => `${frame.label} ${frame.phase} ${[...new Set(frame.parts.map((p) => p.layer))]}`,
    )
    expect(layers).toEqual([
      'CONNECT setup control',
      'CONNACK setup control',
      'AUTH setup control',
      'AUTH setup control',
      'SUBSCRIBE setup control',
      'SUBACK setup control',
      'PUBLISH steady framing,payload',
      'PUBREC steady acknowledgement',
      'PUBREL steady acknowledgement',
      'PUBCOMP steady acknowledgement',
      'PUBLISH steady framing,payload',
      'PUBACK steady acknowledgement',
      'UNSUBSCRIBE setup control',
      'UNSUBACK setup control',
      'PINGREQ idle control',
      'PINGRESP idle control',
      'DISCONNECT close control',
      'DISCONNECT close control',
    ])
  })
})

describe('what no rule explains', () => {
  it.each<[string, Conversation, RegExp]>([
    ['packet type 0', onceOpen(down(hex('0000'))), /type 0 is reserved/],
    ['AUTH before CONNECT', [up(hex('f000'))], /before a CONNECT/],
    ['MQTT 3.1.1', [up(hex('10 0d 0004 4d515454 04 02 003c 0001 61'))], /Version is 4/],
    ['an unknown property', onceOpen(up(hex('30 06 0001 61 02 7f 00'))), /no property 127/],
    ['a property of another packet', onceOpen(up(hex('30 07 0001 61 03 21 0001'))), /property 33/],
    [
      'a property twice',
      onceOpen(up(hex('30 0a 0001 61 06 23 0001 23 0001'))),
      /Topic Alias is there twice/,
    ],
    ['properties beyond the packet', onceOpen(up(hex('30 04 0001 61 09'))), /runs past the packet/],
    [
      'a property beyond its length',
      onceOpen(up(hex('30 07 0001 61 02 23 0001'))),
      /runs past the Property Length/,
    ],
    ['an alias that was never set', onceOpen(laterAlias), /Topic Alias 1 was never set/],
    ['alias 0', onceOpen(up(hex('30 07 0001 61 03 23 0000'))), /MQTT-3\.3\.2-8/],
    ['no topic, no alias', onceOpen(up(hex('30 03 0000 00'))), /no Topic Alias/],
    ['Packet Identifier 0', onceOpen(up(hex('32 06 0001 61 0000 00'))), /MQTT-2\.2\.1-3/],
    ['a reserved Reason Code', onceOpen(publish1, down(hex('4003000163'))), /Reason Code 99/],
    [
      'PUBREL after a PUBREC that refused',
      onceOpen(publish2, down(hex('5003000287')), up(hex('62020002'))),
      /PUBREL for Packet Identifier 2/,
    ],
    [
      'UNSUBACK with too many codes',
      onceOpen(up(hex('a2 06 0001 00 0001 61')), down(hex('b0 05 0001 00 0000'))),
      /MQTT-3\.11\.3-1/,
    ],
    [
      'a reserved Subscription Option',
      onceOpen(up(hex('82 07 0001 00 0001 61 c0'))),
      /MQTT-3\.8\.3-5/,
    ],
    ['packets after DISCONNECT', onceOpen(down(hex('e000 d000'))), /PINGRESP comes after/],
    ['a topic that is no UTF-8', onceOpen(up(hex('30 05 0002 c328 00'))), /MQTT-1\.5\.4-1/],
  ])('%s', (_, conversation, reason) => {
    expect(reasonFor(conversation)).toMatch(reason)
  })
})
