import { groupBy } from '../../../model/group-by.ts'
import type { Report } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { refusedGroup, type TlsAgreement } from '../../../model/tls/agreement.ts'
import { tlsFamilyOf } from '../../../model/tls/profile-family.ts'
import { sumLedger } from '../../../model/wire/ledger.ts'
import {
  type Block,
  heading,
  list,
  paragraph,
  plainTable,
  rowGroup,
} from '../../document/document.ts'
import { WORDS } from '../../words.ts'
import { scenarioCells, scenarioHeading } from '../scenario-cells.ts'

const say = catalogue({
  en: {
    noCertificate: 'no certificate',
    certificate: (bytes: string) => `certificate ${bytes} bytes`,
    noKeyExchange: 'no key exchange',
    notTaken: (group: string) => ` – the server did not take ${group}`,
    whatIsShown:
      'setup of one connection: wire bytes from connecting to the first message, the protocol’s own included; more than under the first profile.',
    profile: 'profile',
    up: 'up',
    down: 'down',
    setup: 'setup',
    more: 'more',
  },
  'zh-TW': {
    noCertificate: '沒有憑證',
    certificate: (bytes) => `憑證 ${bytes} 位元組`,
    noKeyExchange: '沒有金鑰交換',
    notTaken: (group) => `，伺服器沒有採用 ${group}`,
    whatIsShown:
      '建立一條連線：從連線到第一則訊息的線路位元組，含協定本身的；「多出」是比第一個設定檔多的部分。',
    profile: '設定檔',
    up: '上行',
    down: '下行',
    setup: '建立',
    more: '多出',
  },
})

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
    list(agreementLines(handshakes)),
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
    return describeAgreement(agreed) + WORDS.inBrackets(listNames(transports))
  })
}

/** `device: TLS 1.3, X25519, TLS_AES_256_GCM_SHA384, certificate 324 bytes`. */
function describeAgreement(agreed: TlsAgreement): string {
  const { profile, version, group, suite, certificateBytes } = agreed
  const certificates =
    certificateBytes.length === 0
      ? say.noCertificate
      : say.certificate(certificateBytes.map((bytes) => formatCount(bytes)).join(' + '))
  const wanted = refusedGroup(agreed)
  const mark = wanted === null ? '' : say.notTaken(wanted)
  const parts = [version, group ?? say.noKeyExchange, suite, certificates]
  return WORDS.named(profile, listNames(parts) + mark)
}

/** Of the scenarios of one file: what opening a connection costs under each profile. */
function comparisonBlocks(handshakes: readonly Handshake[]): Block[] {
  const [first] = handshakes
  const profiles = new Set(handshakes.map(({ agreed }) => agreed.profile))
  if (first === undefined || profiles.size < 2) return []
  const byTransport = groupBy(handshakes, ({ transport }) => transport)
  return [
    heading(2, scenarioHeading(first.family)),
    paragraph(say.whatIsShown, 'faint'),
    plainTable(
      [WORDS.transport, say.profile],
      [say.up, say.down, say.setup, say.more],
      Array.from(byTransport, ([transport, own]) => {
        const base = own[0] as Handshake
        const rows = own.map(({ agreed, setup }) => {
          const sum = setup.up + setup.down
          const more = sum - base.setup.up - base.setup.down
          return [
            ...[agreed.profile, formatCount(setup.up), formatCount(setup.down), formatCount(sum)],
            more === 0 ? '' : `${more > 0 ? '+' : ''}${formatCount(more)}`,
          ]
        })
        return rowGroup(transport, ...rows)
      }),
    ),
  ]
}
