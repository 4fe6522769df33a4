import type { CellVerdict } from '../../model/report/check/check.ts'
import { listNames } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import {
  type Figures,
  figuresOf,
  isKept,
  listDetails,
  sayCause,
  sayCells,
  sayFigures,
  sayFinding,
  sayOnTransports,
} from './sentences.ts'

/** One thing that is not as it should be, on every transport of a scenario where it is the same. */
export interface Finding {
  scenario: string
  verdict: CellVerdict['verdict']
  cells: CellVerdict[]
  sentence: string
  /** Those that differ, each with its transports; none where it is no matter of bytes. */
  figures: { transports: string[]; figures: Figures }[]
  /** What shows and explains it, each with its transports. */
  details: { transports: string[]; text: string }[]
}

/** A finding while its cells are gathered; details and figures are told apart by what they say. */
interface Group extends Pick<Finding, 'scenario' | 'verdict' | 'cells'> {
  /** Null where it is a matter of bytes. */
  sentence: string | null
  figures: Map<string, { figures: Figures; cells: CellVerdict[] }>
  details: Map<string, CellVerdict[]>
}

/**
 * What was found, one cause once: a payload that grew is said for all transports
 * together, and what else it does to one of them for that one. What shows a cell's
 * differences stands with the first of them.
 */
export function listFindings(cells: readonly CellVerdict[]): Finding[] {
  const groups = new Map<string, Group>()
  for (const cell of cells.filter((each) => !isKept(each))) {
    for (const [index, found] of whatWasFound(cell).entries()) {
      const { scenario, verdict } = cell
      const key = JSON.stringify([scenario, verdict, found.cause])
      const sentence = found.figures === null ? found.cause : null
      const group: Group = groups.get(key) ?? {
        ...{ scenario, verdict, sentence, cells: [], figures: new Map(), details: new Map() },
      }
      groups.set(key, group)
      const { figures, details } = group
      group.cells.push(cell)
      for (const detail of index === 0 ? listDetails(cell) : []) {
        details.set(detail, [...(details.get(detail) ?? []), cell])
      }
      if (found.figures === null) continue
      const said = sayFigures(found.figures)
      const own = figures.get(said) ?? { figures: found.figures, cells: [] }
      own.cells.push(cell)
      figures.set(said, own)
    }
  }
  return [...groups.values()].map(findingOf)
}

interface Found {
  /** What is the same wherever it is the same cause. */
  cause: string
  figures: Figures | null
}

function whatWasFound(cell: CellVerdict): Found[] {
  if (cell.finding !== 'changed' && cell.finding !== 'smaller') {
    return [{ cause: sayFinding(cell), figures: null }]
  }
  return cell.differences.map((difference) => {
    const figures = figuresOf(difference, cell)
    return { cause: sayCause(figures), figures }
  })
}

function findingOf({ scenario, verdict, sentence, cells, figures, details }: Group): Finding {
  const each = [...figures.values()].map((own) => ({
    transports: namesOf(own.cells),
    figures: own.figures,
  }))
  return {
    ...{ scenario, verdict, cells, figures: each },
    sentence: sentence ?? sayAll(each),
    details: [...details].map(([text, own]) => ({ transports: namesOf(own), text })),
  }
}

/** `steady up framing is 1 B more a message: 11 B → 12 B (+9.1 %) on mqtt-qos0, 13 B → …`. */
function sayAll(each: Finding['figures']): string {
  const [first, ...others] = each
  if (first === undefined) return ''
  if (others.length === 0) return sayFigures(first.figures)
  const list = each.map((one) => sayOnTransports(one.figures, one.transports))
  return WORDS.named(sayCause(first.figures), list.join(WORDS.comma))
}

const namesOf = (cells: readonly CellVerdict[]): string[] => cells.map(({ transport }) => transport)

/** What shows it, with its transports before it where they are not all. */
export const sayDetails = ({ cells, details }: Finding): string[] =>
  details.map(({ transports, text }) =>
    transports.length === cells.length ? text : WORDS.named(listNames(transports), text),
  )

/** `json on http1, mqtt-qos1`. */
export const placeOf = ({ scenario, cells }: Finding): string => sayCells(scenario, namesOf(cells))
