import type { NamedReport } from '../model/report/comparison.ts'
import { describeDisturbance, isDisturbed, worstOf } from '../model/report/machine.ts'
import type { Report } from '../model/report/report.ts'
import type { Matter, Movable } from '../model/said/difference-sentences.ts'
import { type Said, said } from '../model/said/said.ts'

/** What is compared, and what a difference of it can move. */
const MATTERS: readonly {
  what: Matter
  moves: Movable
  of(report: Report): Said
}[] = [
  {
    what: 'cpu',
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
      plan.measures.includes('latency') ? said(pinning.pinned ? 'pinned' : 'unpinned') : '',
  },
  { what: 'node', moves: 'both', of: ({ environment }) => environment.node },
  {
    what: 'openssl',
    moves: 'handshakes',
    of: ({ environment }) => environment.openssl,
  },
  { what: 'tool', moves: 'everything', of: ({ tool }) => tool.version },
  { what: 'link', moves: 'latencies', of: ({ plan }) => plan.link },
  {
    what: 'options',
    moves: 'everything',
    of: ({ plan }) =>
      Object.entries(plan.options ?? {})
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
  },
  {
    what: 'faults',
    moves: 'everything',
    of: ({ plan }) => plan.injected.join(', '),
  },
]

/** One sentence for each thing in which the two runs differ and which can move their figures. */
export function findRunDifferences(a: NamedReport, b: NamedReport): Said[] {
  const warnings = MATTERS.flatMap(({ what, moves, of }) => {
    const [was, is] = [of(a.report), of(b.report)]
    // Empty where the run had none, or where it does not matter to it.
    return JSON.stringify(was) === JSON.stringify(is)
      ? []
      : [said('differs', { what, was: was || said('none'), is: is || said('none'), moves })]
  })
  return [
    ...warnings,
    ...libraryWarnings(a, b),
    ...scenarioWarnings(a, b),
    ...partWarnings([a, b]),
    ...[a, b].flatMap(disturbanceWarnings),
  ]
}

function libraryWarnings({ report: a }: NamedReport, { report: b }: NamedReport): Said[] {
  const [was, is] = [a.environment.libraries, b.environment.libraries]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()
  return names
    .filter((name) => was[name] !== is[name])
    .map((library) =>
      said('libraryDiffers', {
        library,
        was: was[library] ?? said('none'),
        is: is[library] ?? said('none'),
        moves: 'itsUsers',
      }),
    )
}

/** Two scenarios of one name need not be one. */
function scenarioWarnings(a: NamedReport, b: NamedReport): Said[] {
  return a.report.plan.scenarios.flatMap((scenario) => {
    const other = b.report.plan.scenarios.find(({ name }) => name === scenario.name)
    if (other === undefined) return []
    // Claims, gates and what runs it change no figure.
    const sent = ({ claims: _c, gates: _g, transports: _t, title: _n, ...rest }: typeof scenario) =>
      JSON.stringify(rest)
    return sent(scenario) === sent(other)
      ? []
      : [said('scenarioDiffers', { scenario: scenario.name })]
  })
}

function partWarnings(reports: readonly NamedReport[]): Said[] {
  return reports
    .filter(({ report }) => report.partial)
    .map(({ name, report }) =>
      said('isPartial', { name, why: report.partialReason ?? said('cutShort') }),
    )
}

/** Latencies that others had a part in: a difference may be theirs. */
function disturbanceWarnings({ name, report }: NamedReport): Said[] {
  const disturbed = report.cells.flatMap((cell) => {
    if (cell.status === 'skipped' || cell.machine?.latency === undefined) return []
    const machine = cell.machine.latency
    return isDisturbed(machine) ? [{ scenario: cell.scenario, machine }] : []
  })
  const worst = worstOf(disturbed.map(({ machine }) => machine))
  const why = worst && describeDisturbance(worst)
  if (why === null) return []
  const scenarios = [...new Set(disturbed.map(({ scenario }) => scenario))]
  return [said('latenciesDisturbed', { name, scenarios, why })]
}
