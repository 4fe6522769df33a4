import type { Report } from '../../model/report/report.ts'
import { commandLine } from '../../model/text/shell.ts'
import { paragraph } from '../document/document.ts'
import { type Exporter, type RenderOptions, SECTIONS, type Section } from '../exporter.ts'
import { answerOf } from '../report/cost/answer.ts'
import { headBlocks } from '../report/head.ts'
import { BLOCKS_OF } from '../report/sections.ts'
import { type Part, renderPage } from './page.ts'
import { claimPictures } from './pictures/claims.ts'
import { costPictures } from './pictures/cost.ts'
import { latencyPictures } from './pictures/latency.ts'
import { layerPictures } from './pictures/layers.ts'
import { standaloneSvg } from './svg.ts'

const TITLE_OF: Readonly<Record<Section, string>> = {
  answer: 'Answer',
  comparison: 'What each verdict rests on',
  'header-sets': 'HTTP by who sends and who answers',
  'break-even': 'Break-even',
  commands: 'Commands',
  'fan-out': 'Fan-out',
  bytes: 'Bytes',
  tls: 'TLS as it was agreed on',
  latency: 'Latency',
  link: 'Over the link',
  load: 'Under load',
  delivery: 'Delivery',
  'all-pairs': 'Break-even of all pairs',
  budgets: 'Budgets',
}

/** More say the same again; the tables have all of them. */
const MOST_PICTURES_OF_A_KIND = 4

const PICTURES = [claimPictures, layerPictures, costPictures, latencyPictures]

/** Every picture of a report, as files with names that stay. */
export const plotFiles = (report: Report): { name: string; text: string }[] =>
  PICTURES.flatMap((of) => of(report)).map((picture) => ({
    name: `${picture.name}.svg`,
    text: standaloneSvg(picture),
  }))

/** A page to show: the answer, the comparison, the pictures that prove it, and every table folded. */
export const html: Exporter = {
  format: 'html',
  extension: 'html',
  render(report, options) {
    const names = report.plan.scenarios.map(({ name }) => name).join(', ')
    return renderPage(`HTTP or MQTT? ${names}`, 'en', partsOf(report, options))
  },
}

function partsOf(report: Report, { breakEven, sections }: RenderOptions): Part[] {
  const answer = answerOf(report)
  const [comparison, ...rest] = BLOCKS_OF.comparison(report).filter(({ kind }) => kind === 'table')
  const pictures = PICTURES.flatMap((of) => of(report).slice(0, MOST_PICTURES_OF_A_KIND))
  const isAsked = (name: Section): boolean =>
    sections?.includes(name) ?? (name !== 'all-pairs' || breakEven === 'all-pairs')
  const folded = SECTIONS.filter((name) => name !== 'answer' && isAsked(name)).flatMap(
    (name): Part[] => {
      const blocks = BLOCKS_OF[name](report)
      return blocks.length === 0 ? [] : [{ title: TITLE_OF[name], look: 'folded', blocks }]
    },
  )
  return [
    ...(answer.length === 0
      ? []
      : [
          {
            title: TITLE_OF.answer,
            look: 'answer' as const,
            blocks: answer.map((text) => paragraph(text)),
          },
        ]),
    ...(comparison === undefined && rest.length === 0
      ? []
      : [
          {
            title: 'Claimed and measured',
            look: 'open' as const,
            blocks: comparison === undefined ? [] : [comparison],
          },
        ]),
    ...(pictures.length === 0
      ? []
      : [{ title: 'Pictures', look: 'open' as const, blocks: [], pictures }]),
    ...folded,
    { title: 'Measured with', look: 'open', blocks: headBlocks(report) },
    {
      title: 'Run it again',
      look: 'open',
      blocks: [paragraph(againOf(report)), paragraph(AGAIN_NOTE, 'faint')],
    },
  ]
}

const AGAIN_NOTE =
  'A report does not keep every flag: those of servers, links, faults and TLS profiles, where there were any, are yours to add.'

/** As near as a report knows: flags that leave no trace in the plan are the user's to add. */
function againOf({ plan, cells }: Report): string {
  const transports = [...new Set(cells.map(({ transport }) => transport))]
  const words = [
    ...plan.scenarios.map(({ name }) => name),
    ...['-t', transports.join(',')],
    ...['--measure', plan.measures.join(',')],
    ...(plan.mode === 'quick' ? ['--quick'] : []),
  ]
  return commandLine(['run', ...words], 'linux')
}
