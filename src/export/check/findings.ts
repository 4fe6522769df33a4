import type { CellVerdict } from '../../model/report/check.ts'
import {
  type Figures,
  figuresOf,
  isKept,
  listDetails,
  sayFigures,
  sayFinding,
} from './sentences.ts'

/** One thing that is not as it should be, on every transport of a scenario where it is the same. */
export interface Finding {
  scenario: string
  transports: string[]
  verdict: CellVerdict['verdict']
  sentence: string
  /** Null where it is none of bytes. */
  figures: Figures | null
  /** What shows and explains it; of some of the transports with their names before it. */
  details: string[]
  cells: CellVerdict[]
}

/** A finding while its cells are gathered; the key of details is what they say. */
interface Group {
  sentence: string
  figures: Figures | null
  cells: [CellVerdict, ...CellVerdict[]]
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
    for (const [index, { sentence, figures }] of sentencesOf(cell).entries()) {
      const key = JSON.stringify([cell.scenario, cell.verdict, sentence])
      const group = groups.get(key)
      const details: Group['details'] = group?.details ?? new Map()
      for (const detail of index === 0 ? listDetails(cell) : []) {
        details.set(detail, [...(details.get(detail) ?? []), cell])
      }
      if (group === undefined) groups.set(key, { sentence, figures, cells: [cell], details })
      else group.cells.push(cell)
    }
  }
  return [...groups.values()].map(findingOf)
}

function findingOf({ sentence, figures, cells, details }: Group): Finding {
  const [{ scenario, verdict }] = cells
  return {
    ...{ scenario, verdict, sentence, figures, cells },
    transports: namesOf(cells),
    details: [...details].map(([detail, own]) =>
      own.length === cells.length ? detail : `${namesOf(own).join(', ')}: ${detail}`,
    ),
  }
}

const namesOf = (cells: readonly CellVerdict[]): string[] => cells.map(({ transport }) => transport)

function sentencesOf(cell: CellVerdict): { sentence: string; figures: Figures | null }[] {
  if (cell.finding !== 'changed' && cell.finding !== 'smaller') {
    return [{ sentence: sayFinding(cell), figures: null }]
  }
  return cell.differences.map((difference) => {
    const figures = figuresOf(difference, cell)
    return { sentence: sayFigures(figures), figures }
  })
}

/** `json on http1, mqtt-qos1`. */
export const placeOf = ({ scenario, transports }: Finding): string =>
  `${scenario} on ${transports.join(', ')}`
