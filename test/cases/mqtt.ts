import { expect } from 'vitest'
import type { Case } from './case.ts'

/** MQTT: connections that began earlier, broken rules of the session, gaps, dialects. */
export const MQTT_CASES: readonly Case[] = [
  {
    file: 'capture-01-mqtt-began-before.pcap',
    what: 'MQTT that was open before the capture',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        beginning: 'joined',
        up: { PUBLISH: 3, PINGREQ: 1 },
        down: { PUBACK: 3, PINGRESP: 1 },
        messages: { up: 3, down: 0 },
      },
    ],
    tshark: 'mqtt',
  },
  {
    file: 'capture-02-mqtt-3.1.pcap',
    what: 'MQIsdp, level 3',
    connections: [
      {
        protocol: 'mqtt/3.1',
        up: { CONNECT: 1, PUBLISH: 1, DISCONNECT: 1 },
        down: { CONNACK: 1, PUBACK: 1 },
        messages: { up: 1, down: 0 },
      },
    ],
    tshark: 'mqtt',
  },
  {
    file: 'capture-04-mqtt-pubrec-again.pcap',
    what: 'PUBREC sent twice, then all goes on',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        up: { CONNECT: 1, PUBLISH: 6, PUBREL: 1 },
        down: { CONNACK: 1, PUBREC: 2, PUBCOMP: 1, PUBLISH: 5, PUBACK: 5 },
        messages: { up: 6, down: 5 },
        noted: { 'MQTT 3.1.1 §2.3.1': 1 },
      },
    ],
    tshark: 'mqtt',
  },
  {
    file: 'capture-05-mqtt5-refused-by-3.1.1.pcap',
    what: 'a broker of 3.1.1 refuses a client of 5.0',
    connections: [
      {
        protocol: 'mqtt/5.0',
        up: { CONNECT: 1 },
        down: { CONNACK: 1 },
        messages: { up: 0, down: 0 },
        noted: { 'MQTT-3.1.2-2': 1 },
      },
    ],
    tshark: 'mqtt',
    also: ({ connections }) => {
      expect(connections[0]?.outcomes).toEqual([
        {
          direction: 'down',
          unit: 'CONNACK',
          text: '1 refused: unacceptable protocol version',
          verdict: 'refused',
          count: 1,
        },
      ])
    },
  },
  {
    file: 'capture-06-mqtt-stray-puback.pcap',
    what: 'PUBACK for a PUBLISH of QoS 0, then all goes on',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        up: { CONNECT: 1, PUBLISH: 6 },
        down: { CONNACK: 1, PUBACK: 6 },
        messages: { up: 6, down: 0 },
        noted: { 'MQTT 3.1.1 §2.3.1': 1 },
      },
    ],
    tshark: 'mqtt',
  },
  {
    file: 'capture-08-mqtt-one-packet-missing.pcap',
    what: 'one packet of twelve was not captured',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        up: { CONNECT: 1, PUBLISH: 11 },
        down: { CONNACK: 1, PUBACK: 12 },
        messages: { up: 11, down: 0 },
        missingBytes: 29,
      },
    ],
    tshark: 'mqtt',
  },
]
