import { catalogue, spokenLanguage } from '../../model/text/language.ts'
import type { Block, CellText, TableBlock } from '../document/document.ts'
import { escapeMarkup, type Picture } from './svg.ts'

/** Adds to the page, never carries it: a policy that blocks styles leaves a plainer one. */
const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--faint:#57606a;--grid:#d0d7de;--page:#ffffff;--soft:#f4f6f8;--band:#ffe8a3;--good:#116329;--bad:#a40e26;--mixed:#7d4e00}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--faint:#9aa7b4;--grid:#3d444d;--page:#0f1419;--soft:#171d24;--band:#5c4a12;--good:#56d364;--bad:#ff9492;--mixed:#e3b341}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,"Noto Sans","Noto Sans TC",sans-serif;color:var(--ink);background:var(--page)}
main{max-width:76rem;margin:0 auto;padding:1.25rem}
h1,h2,h3,summary{overflow-wrap:anywhere}h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:1.5rem 0 .25rem}h3{font-size:1rem;margin:1rem 0 .25rem}
.answer{background:var(--soft);border-left:.4rem solid #0072b2;padding:.5rem 1rem;margin:1rem 0}
.faint{color:var(--faint)}.good{color:var(--good)}.bad{color:var(--bad)}.mixed{color:var(--mixed)}.strong{font-weight:700}
svg .ink{fill:var(--ink)}svg .faint{fill:var(--faint)}svg .grid{stroke:var(--grid)}svg .band{fill:var(--band)}
figure{margin:1rem 0;padding:.75rem;border:1px solid var(--grid);border-radius:.5rem;break-inside:avoid}
figcaption{font-weight:600;margin-bottom:.5rem;overflow-wrap:anywhere}
svg{max-width:100%;height:auto;display:block}
.scroll{overflow-x:auto}.scroll>svg{min-width:30rem}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top}
.right{text-align:right;white-space:nowrap}
details{margin:.75rem 0;border-top:1px solid var(--grid);padding-top:.5rem}summary{cursor:pointer;font-weight:600}
code,pre{font-family:ui-monospace,monospace;background:var(--soft);overflow-wrap:anywhere;white-space:pre-wrap}
p,li,dd{overflow-wrap:anywhere}
@media print{main{max-width:none;padding:0}@page{size:A4;margin:15mm}details::details-content{content-visibility:visible;display:block;height:auto}.scroll{overflow:visible}.scroll>svg{min-width:0}table{font-size:.62rem}th,td{padding:.1rem .25rem;overflow-wrap:anywhere}.right{white-space:normal}}
`

const say = catalogue({ en: { table: 'table' }, 'zh-TW': { table: '表格' } })

/** A part of the page; `folded` until somebody opens it. */
export interface Part {
  readonly title: string
  readonly look: 'open' | 'answer' | 'folded'
  readonly blocks: readonly Block[]
  readonly pictures?: readonly Picture[]
}

/** One file, which asks for nothing: readable without a network, scripts and styles. */
export function renderPage(title: string, parts: readonly Part[]): string {
  return `<!doctype html>
<html lang="${spokenLanguage()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
${parts.map(partText).join('\n')}
</main>
</body>
</html>
`
}

function partText({ title, look, blocks, pictures = [] }: Part): string {
  const content = [
    ...blocks.map((block, index) => blockText(block, `${title}, ${say.table} ${index + 1}`)),
    ...pictures.map(figureText),
  ].join('\n')
  switch (look) {
    case 'folded':
      return `<details>\n<summary>${escapeMarkup(title)}</summary>\n${content}\n</details>`
    case 'answer':
      return `<section class="answer">\n<h2>${escapeMarkup(title)}</h2>\n${content}\n</section>`
    case 'open':
      return `<section>\n<h2>${escapeMarkup(title)}</h2>\n${content}\n</section>`
  }
}

const figureText = ({ name, proves, svg }: Picture): string =>
  `<figure id="${escapeMarkup(name)}">\n<figcaption>${escapeMarkup(proves)}</figcaption>\n<div class="scroll" tabindex="0">\n${svg}\n</div>\n</figure>`

/** @param name of a table, for whom it is read to */
function blockText(block: Block, name: string): string {
  switch (block.kind) {
    case 'heading':
      return `<h3>${escapeMarkup(block.text)}</h3>`
    case 'paragraph':
      return `<p${classOf(block.tone)}>${escapeMarkup(block.text)}</p>`
    case 'list':
      return `<ul${classOf(block.tone)}>${block.items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul>`
    case 'notes':
      return `<ol>${block.items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ol>`
    case 'table':
      return tableText(block, name)
    case 'chart':
      // A page has pictures.
      return ''
  }
}

const classOf = (...names: (string | undefined)[]): string => {
  const known = names.filter((name) => name !== undefined)
  return known.length === 0 ? '' : ` class="${known.join(' ')}"`
}

function tableText({ columns, groups }: TableBlock, name: string): string {
  const sideOf = (index: number): string | undefined =>
    columns[index]?.align === 'right' ? 'right' : undefined
  const head = columns
    .map(({ title }, index) =>
      title === ''
        ? '<td></td>'
        : `<th scope="col"${classOf(sideOf(index))}>${escapeMarkup(title)}</th>`,
    )
    .join('')
  const cell = ({ text, tone }: CellText, index: number): string =>
    `<td${classOf(sideOf(index + 1), tone)}>${escapeMarkup(text)}</td>`
  const body = groups
    .flatMap(({ first, rows }) =>
      rows.map((row, index) => {
        const span = rows.length > 1 ? ` rowspan="${rows.length}"` : ''
        const name =
          index === 0
            ? `<th scope="row"${span}${classOf(first.tone)}>${escapeMarkup(first.text)}</th>`
            : ''
        return `<tr>${name}${row.map(cell).join('')}</tr>`
      }),
    )
    .join('\n')
  // Wide tables are moved sideways, by keyboard too.
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(name)}">\n<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>\n</div>`
}
