import type { NamedReport } from '../model/report/comparison.ts'
import { describeDisturbance, isDisturbed, worstOf } from '../model/report/machine.ts'
import type { Report } from '../model/report/report.ts'
import { saidInEnglish } from '../model/said/said.ts'

/** What is compared, and what a difference of it can move. */
const MATTERS: readonly {
  what: string
  moves: string
  of(report: Report): string
}[] = [
  {
    what: 'CPU',
    moves: 'latencies',
    of: ({ environment: { cpuModel, cpuCount, arch } }) => `${cpuCount} × ${cpuModel}, ${arch}`,
  },
  {
    what: 'system',
    moves: 'latencies',
    of: ({ environment: { platform, kernel } }) => `${platform} ${kernel}`,
  },
  {
    what: 'pinning',
    moves: 'latencies',
    of: ({ environment: { pinning }, plan }) =>
      plan.measures.includes('latency') ? (pinning.pinned ? 'pinned' : 'not pinned') : '',
  },
  { what: 'Node', moves: 'bytes and latencies', of: ({ environment }) => environment.node },
  {
    what: 'OpenSSL',
    moves: 'bytes of TLS handshakes',
    of: ({ environment }) => environment.openssl,
  },
  { what: 'mqtt-vs-http', moves: 'everything', of: ({ tool }) => tool.version },
  { what: 'link', moves: 'latencies', of: ({ plan }) => plan.link },
  {
    what: 'options of transports',
    moves: 'everything',
    of: ({ plan }) =>
      Object.entries(plan.options ?? {})
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
  },
  {
    what: 'faults put in on purpose',
    moves: 'everything',
    of: ({ plan }) => plan.injected.join(', '),
  },
]

/** One sentence for each thing in which the two runs differ and which can move their figures. */
export function findRunDifferences(a: NamedReport, b: NamedReport): string[] {
  const warnings = MATTERS.flatMap(({ what, moves, of }) => {
    const [was, is] = [of(a.report), of(b.report)]
    // Empty where the run had none, or where it does not matter to it.
    return was === is
      ? []
      : [`${what} differs: ${was || 'none'}, then ${is || 'none'}; it can move ${moves}`]
  })
  return [
    ...warnings,
    ...libraryWarnings(a, b),
    ...scenarioWarnings(a, b),
    ...partWarnings([a, b]),
    ...[a, b].flatMap(disturbanceWarnings),
  ]
}

function libraryWarnings({ report: a }: NamedReport, { report: b }: NamedReport): string[] {
  const [was, is] = [a.environment.libraries, b.environment.libraries]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()
  return names
    .filter((name) => was[name] !== is[name])
    .map(
      (name) =>
        `${name} differs: ${was[name] ?? 'none'}, then ${is[name] ?? 'none'}; it can move bytes and latencies of what runs on it`,
    )
}

/** Two scenarios of one name need not be one. */
function scenarioWarnings(a: NamedReport, b: NamedReport): string[] {
  return a.report.plan.scenarios.flatMap((scenario) => {
    const other = b.report.plan.scenarios.find(({ name }) => name === scenario.name)
    if (other === undefined) return []
    // Claims, gates and what runs it change no figure.
    const sent = ({ claims: _c, gates: _g, transports: _t, title: _n, ...rest }: typeof scenario) =>
      JSON.stringify(rest)
    return sent(scenario) === sent(other)
      ? []
      : [`the scenario ${scenario.name} is not the same in both: what is sent differs`]
  })
}

function partWarnings(reports: readonly NamedReport[]): string[] {
  return reports
    .filter(({ report }) => report.partial)
    .map(({ name, report }) => {
      const why =
        report.partialReason === null ? 'it was cut short' : saidInEnglish(report.partialReason)
      return `${name} is partial: ${why}`
    })
}

/** Latencies that others had a part in: a difference may be theirs. */
function disturbanceWarnings({ name, report }: NamedReport): string[] {
  const disturbed = report.cells.flatMap((cell) => {
    if (cell.status === 'skipped' || cell.machine?.latency === undefined) return []
    const machine = cell.machine.latency
    return isDisturbed(machine) ? [{ scenario: cell.scenario, machine }] : []
  })
  const worst = worstOf(disturbed.map(({ machine }) => machine))
  const text = worst && describeDisturbance(worst)
  if (text === null) return []
  const scenarios = [...new Set(disturbed.map(({ scenario }) => scenario))]
  return [
    `${name}: the latencies of ${scenarios.join(', ')} were ${text}; until then, what is slower or faster may be that`,
  ]
}
