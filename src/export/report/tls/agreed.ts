import type { Report } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { refusedGroup, type TlsAgreement } from '../../../model/tls/agreement.ts'
import { tlsFamilyOf } from '../../../model/tls/profile-family.ts'
import { sumLedger } from '../../../model/wire/ledger.ts'
import { type Block, cellText, heading, paragraph } from '../../document/document.ts'
import { scenarioCells } from '../scenario-cells.ts'

/** One handshake that was measured. */
interface Handshake {
  family: ReturnType<typeof tlsFamilyOf>
  transport: string
  agreed: TlsAgreement
  /** Of one connection, each way. */
  setup: { up: number; down: number }
}

/** What was agreed under which profile; and where there were several, what each costs. */
export function tlsBlocks(report: Report): Block[] {
  const handshakes = handshakesOf(report)
  if (handshakes.length === 0) return []
  const families = groupBy(handshakes, ({ family }) => family.name)
  return [
    heading(1, 'TLS'),
    { kind: 'list', items: agreementLines(handshakes) },
    ...[...families.values()].flatMap(comparisonBlocks),
  ]
}

function handshakesOf(report: Report): Handshake[] {
  return scenarioCells(report).flatMap(({ scenario, cells }) =>
    cells.flatMap((cell): Handshake[] => {
      const bytes = cell.status === 'measured' ? cell.bytes : null
      if (bytes?.tls === undefined) return []
      const connections = bytes.roundTrips?.connections ?? 1
      const each = (direction: 'up' | 'down'): number =>
        sumLedger(bytes.ledger, { phase: 'setup', direction }) / connections
      return [
        {
          family: tlsFamilyOf(scenario),
          transport: cell.transport,
          agreed: bytes.tls,
          setup: { up: each('up'), down: each('down') },
        },
      ]
    }),
  )
}

/** Each agreement once, with the transports that came to it. */
function agreementLines(handshakes: readonly Handshake[]): string[] {
  const byAgreement = groupBy(handshakes, ({ agreed }) => JSON.stringify(agreed))
  return Array.from(byAgreement.values(), (alike) => {
    const [{ agreed }] = alike as [Handshake, ...Handshake[]]
    const transports = [...new Set(alike.map(({ transport }) => transport))]
    return `${describeAgreement(agreed)} (${transports.join(', ')})`
  })
}

/** `device: TLS 1.3, X25519, TLS_AES_256_GCM_SHA384, certificate 324 bytes`. */
function describeAgreement(agreed: TlsAgreement): string {
  const { profile, version, group, suite, certificateBytes } = agreed
  const certificates =
    certificateBytes.length === 0
      ? 'no certificate'
      : `certificate ${certificateBytes.map((bytes) => formatCount(bytes)).join(' + ')} bytes`
  const wanted = refusedGroup(agreed)
  const mark = wanted === null ? '' : ` – the server did not take ${wanted}`
  return `${profile}: ${[version, group ?? 'no key exchange', suite, certificates].join(', ')}${mark}`
}

/** Of the scenarios of one file: what opening a connection costs under each profile. */
function comparisonBlocks(handshakes: readonly Handshake[]): Block[] {
  const [first] = handshakes
  const profiles = new Set(handshakes.map(({ agreed }) => agreed.profile))
  if (first === undefined || profiles.size < 2) return []
  const byTransport = groupBy(handshakes, ({ transport }) => transport)
  return [
    heading(2, `${first.family.name}: ${first.family.title}`),
    paragraph(
      'setup of one connection: wire bytes from connecting to the first message, the protocol’s own included; more than under the first profile.',
      'faint',
    ),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: 'transport', align: 'left' },
        { title: 'profile', align: 'left' },
        ...['up', 'down', 'setup', 'more'].map((title) => ({ title, align: 'right' as const })),
      ],
      groups: Array.from(byTransport, ([transport, own]) => ({
        first: cellText(transport),
        rows: own.map(({ agreed, setup }) => {
          const sum = setup.up + setup.down
          const base = own[0] as Handshake
          const more = sum - base.setup.up - base.setup.down
          return [
            cellText(agreed.profile),
            cellText(formatCount(setup.up)),
            cellText(formatCount(setup.down)),
            cellText(formatCount(sum)),
            cellText(more === 0 ? '' : `${more > 0 ? '+' : ''}${formatCount(more)}`),
          ]
        }),
      })),
    },
  ]
}

/** In the order of their first. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
