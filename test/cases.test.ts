import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { CapturedConnection, CaptureLedger } from '../src/model/report/tap/captured.ts'
import type { Direction } from '../src/model/vocabulary.ts'
import { readCaptureLedger } from '../src/wire/capture/capture-ledger.ts'
import type { Case, Counts, ExpectedConnection } from './cases/case.ts'
import { HTTP_CASES } from './cases/http.ts'
import { LINK_CASES } from './cases/links.ts'
import { MQTT_CASES } from './cases/mqtt.ts'
import { STREAM_CASES } from './cases/streams.ts'
import { hasTool } from './support/command.ts'
import { readFields } from './support/tshark-file.ts'

/**
 * Small captures that stand for kinds of real ones (addresses of RFC 5737 and
 * RFC 3849), and what is right for each: units, messages, what stays unread, and
 * which rules were broken without ending the reading.
 */
const FOLDER = new URL('fixtures/cases/', import.meta.url).pathname

const ledgerOf = (file: string): CaptureLedger => {
  const ledger = readCaptureLedger(readFileSync(`${FOLDER}${file}`), file, [])
  if (ledger === null) throw new Error(`${file} is no capture`)
  return ledger
}

const unitsOf = ({ units }: CapturedConnection, direction: Direction): Counts =>
  Object.fromEntries(
    units.filter((unit) => unit.direction === direction).map(({ label, count }) => [label, count]),
  )

/** What was read, in the form of what is expected. */
function found(connection: CapturedConnection): Required<ExpectedConnection> {
  const { protocol, tls, beginning, messages, unread, missingBytes, remarks } = connection
  const noted: Record<string, number> = {}
  for (const { clause, text, count } of remarks) {
    const key = clause ?? text
    noted[key] = (noted[key] ?? 0) + count
  }
  return {
    ...{ protocol, tls, beginning, messages, noted },
    up: unitsOf(connection, 'up'),
    down: unitsOf(connection, 'down'),
    unreadBytes: unread.reduce((sum, { bytes }) => sum + bytes, 0),
    missingBytes: missingBytes.up + missingBytes.down,
  }
}

/** What comes before any reader of captures: unpacking, and a file without a byte (`inspect-input.test.ts`). */
const UNREAD = ['capture-54-plain.pcap.gz', 'capture-56-empty.pcap']

const DEFAULTS = { tls: 'none', beginning: 'captured', unreadBytes: 0, missingBytes: 0, noted: {} }

const CASES = [...MQTT_CASES, ...HTTP_CASES, ...LINK_CASES, ...STREAM_CASES]

it('has a row for each file', () => {
  const files = CASES.map(({ file }) => file)
  expect([...files, ...UNREAD].toSorted()).toEqual(readdirSync(FOLDER).toSorted())
})

it('reads what is packed as what is not, and an empty file as no capture', () => {
  const packed = gunzipSync(readFileSync(`${FOLDER}capture-54-plain.pcap.gz`))
  expect(packed.equals(readFileSync(`${FOLDER}capture-54-plain.pcap`))).toBe(true)
  expect(readCaptureLedger(readFileSync(`${FOLDER}capture-56-empty.pcap`), 'empty', [])).toBeNull()
})

describe.each(CASES.map((one): [string, string, Case] => [one.file, one.what, one]))(
  '%s: %s',
  (file, _, { connections, also, tshark }) => {
    it('is read as it should be', () => {
      const ledger = ledgerOf(file)
      expect(ledger.connections.map(found)).toEqual(
        connections.map((expected) => ({ ...DEFAULTS, ...expected })),
      )
      also?.(ledger)
    })

    it.runIf(tshark === 'mqtt' && hasTool('tshark'))('is read as tshark reads it', async () => {
      const rows = await readFields(`${FOLDER}${file}`, ['mqtt.msgtype', 'tcp.srcport'])
      const theirs: Record<string, number> = {}
      for (const row of rows) {
        for (const type of row['mqtt.msgtype']) {
          const key = `${MQTT_TYPES[Number(type)]} from ${row['tcp.srcport'][0]}`
          theirs[key] = (theirs[key] ?? 0) + 1
        }
      }
      const ours: Record<string, number> = {}
      for (const { client, server, units } of ledgerOf(file).connections) {
        for (const { label, direction, count } of units) {
          const [, port] = /:(\d+)$/.exec(direction === 'up' ? client : server) ?? []
          const key = `${label} from ${port}`
          ours[key] = (ours[key] ?? 0) + count
        }
      }
      expect(ours).toEqual(theirs)
    })
  },
)

/** By their number (MQTT 3.1.1 §2.2.1). */
const MQTT_TYPES = [
  ...['', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'],
  ...['SUBSCRIBE', 'SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT'],
]
