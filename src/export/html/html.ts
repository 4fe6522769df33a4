import type { Report } from '../../model/report/report.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { commandLine } from '../../model/text/shell.ts'
import { paragraph } from '../document/document.ts'
import type { Exporter, RenderOptions } from '../exporter.ts'
import { answerOf } from '../report/answers/answer.ts'
import { headBlocks } from '../report/head.ts'
import { BLOCKS_OF, sectionsAsked } from '../report/sections.ts'
import { type Part, renderPage } from './page.ts'
import { claimPictures } from './pictures/claims.ts'
import { costPictures } from './pictures/cost.ts'
import { latencyPictures, responsePictures } from './pictures/latency.ts'
import { layerPictures } from './pictures/layers.ts'
import { sizePictures } from './pictures/sizes.ts'
import { sweepPictures } from './pictures/sweep.ts'
import { wakePictures } from './pictures/wake.ts'
import { standaloneSvg } from './svg.ts'

const say = catalogue({
  en: {
    page: (names: string) => `HTTP or MQTT? ${names}`,
    sections: {
      answer: 'Answer',
      comparison: 'What each verdict rests on',
      'header-sets': 'HTTP by who sends and who answers',
      'break-even': 'Break-even',
      commands: 'Commands',
      'fan-out': 'Fan-out',
      sizes: 'Payload sizes',
      encodings: 'Encodings',
      bytes: 'Bytes',
      tls: 'TLS as it was agreed on',
      latency: 'Latency',
      link: 'Over the link',
      load: 'Under load',
      delivery: 'Delivery',
      'all-pairs': 'Break-even of all pairs',
      budgets: 'Budgets',
    },
    claimed: 'Claimed and measured',
    pictures: 'Pictures',
    measuredWith: 'Measured with',
    again: 'Run it again',
    againNote:
      'A report does not keep every flag: those of servers, links, faults and TLS profiles, where there were any, are yours to add.',
  },
  'zh-TW': {
    page: (names) => `HTTP 還是 MQTT？${names}`,
    sections: {
      answer: '結論',
      comparison: '每個判定的依據',
      'header-sets': '各種用戶端與伺服器標頭下的 HTTP',
      'break-even': '平衡點',
      commands: '指令',
      'fan-out': '一對多發布',
      sizes: '負載大小',
      encodings: '編碼',
      bytes: '位元組',
      tls: '協商出的 TLS',
      latency: '延遲',
      link: '經由鏈路',
      load: '負荷之下',
      delivery: '送達',
      'all-pairs': '所有組合的平衡點',
      budgets: '預算',
    },
    claimed: '說法與實測',
    pictures: '圖',
    measuredWith: '測量環境',
    again: '再測一次',
    againNote: '報告不會記下每個旗標：若用過伺服器、鏈路、故障或 TLS 設定檔的旗標，請自行加上。',
  },
})

/** More say the same again; the tables have all of them. */
const MOST_PICTURES_OF_A_KIND = 4

const PICTURES = [
  claimPictures,
  layerPictures,
  costPictures,
  sizePictures,
  latencyPictures,
  responsePictures,
  sweepPictures,
  wakePictures,
]

/** Every picture of a report, as files with names that stay. */
export const plotFiles = (report: Report): { name: string; text: string }[] =>
  PICTURES.flatMap((of) => of(report)).map((picture) => ({
    name: `${picture.name}.svg`,
    text: standaloneSvg(picture),
  }))

/** A page to show: the answer, the comparison, the pictures that prove it, and every table folded. */
export const html: Exporter = {
  extension: 'html',
  render(report, options) {
    const names = listNames(report.plan.scenarios.map(({ name }) => name))
    return renderPage(say.page(names), partsOf(report, options))
  },
}

function partsOf(report: Report, options: RenderOptions): Part[] {
  const answer = answerOf(report)
  const comparison = BLOCKS_OF.comparison(report).find(({ kind }) => kind === 'table')
  const pictures = PICTURES.flatMap((of) => of(report).slice(0, MOST_PICTURES_OF_A_KIND))
  const folded = sectionsAsked(options)
    .filter((name) => name !== 'answer')
    .flatMap((name): Part[] => {
      const blocks = BLOCKS_OF[name](report)
      return blocks.length === 0 ? [] : [{ title: say.sections[name], look: 'folded', blocks }]
    })
  return [
    ...(answer.length === 0
      ? []
      : [
          {
            title: say.sections.answer,
            look: 'answer' as const,
            blocks: answer.map((text) => paragraph(text)),
          },
        ]),
    ...(comparison === undefined
      ? []
      : [{ title: say.claimed, look: 'open' as const, blocks: [comparison] }]),
    ...(pictures.length === 0
      ? []
      : [{ title: say.pictures, look: 'open' as const, blocks: [], pictures }]),
    ...folded,
    { title: say.measuredWith, look: 'open', blocks: headBlocks(report) },
    {
      title: say.again,
      look: 'open',
      blocks: [paragraph(againOf(report)), paragraph(say.againNote, 'faint')],
    },
  ]
}

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
