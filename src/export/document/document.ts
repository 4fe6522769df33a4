import { formatCount } from '../../model/text/format.ts'

/**
 * What a report says, before it is decided how it looks: the table and the
 * Markdown are two renderings of one document.
 */
export type Block = Heading | Paragraph | List | Notes | TableBlock | ChartBlock

export interface Heading {
  kind: 'heading'
  level: 1 | 2
  text: string
}

export interface Paragraph {
  kind: 'paragraph'
  text: string
  tone?: Tone
}

/** One item a line, without marks. */
export interface List {
  kind: 'list'
  items: readonly string[]
  tone?: Tone
}

/** Numbered from 1, in the order in which tables refer to them. */
export interface Notes {
  kind: 'notes'
  items: readonly string[]
}

export interface TableBlock {
  kind: 'table'
  /** `boxed` draws lines between groups; `plain` only one under its head. */
  frame: 'boxed' | 'plain'
  columns: readonly Column[]
  groups: readonly Group[]
}

export interface Column {
  title: string
  align: 'left' | 'right'
  /** Cells stay on one line each; the title may be broken. */
  cells?: 'whole'
}

/** Rows that belong together. The first column is written once, beside all of them. */
export interface Group {
  first: CellText
  /** The other columns, row by row. */
  rows: readonly (readonly CellText[])[]
}

/**
 * Figures as they look, for a terminal; a page has pictures, and Markdown and
 * those who are read to have the figures.
 */
export interface ChartBlock {
  kind: 'chart'
  /** What is drawn, in a sentence. */
  says: string
  rows: readonly {
    name: string
    /** A bar of this share of the width; or columns of these heights, from left to right. All from 0 to 1. */
    shape: number | readonly number[]
    /** Behind it. */
    text: string
    tone?: Tone
  }[]
  /** Under the columns, from left to right, at shares of the width. */
  axis: readonly { at: number; text: string }[]
}

export interface CellText {
  text: string
  tone?: Tone
}

/** What a colour would say; the words say it too. */
export type Tone = 'good' | 'bad' | 'mixed' | 'faint' | 'strong'

export const list = (items: readonly string[], tone?: Tone): List => ({
  kind: 'list',
  items,
  ...(tone !== undefined && { tone }),
})

/** Nothing where there are no items. */
export const listOf = (items: readonly string[], tone?: Tone): List[] =>
  items.length === 0 ? [] : [list(items, tone)]

export const notesOf = (items: readonly string[]): Notes[] =>
  items.length === 0 ? [] : [{ kind: 'notes', items }]

/** A table without lines: words begin at the left of their column, figures end at the right of theirs. */
export const plainTable = (
  words: readonly string[],
  figures: readonly string[],
  groups: readonly Group[],
): TableBlock => ({
  kind: 'table',
  frame: 'plain',
  columns: [
    ...words.map((title) => ({ title, align: 'left' as const })),
    ...figures.map((title) => ({ title, align: 'right' as const })),
  ],
  groups,
})

const asCell = (cell: CellText | string): CellText =>
  typeof cell === 'string' ? cellText(cell) : cell

export const rowGroup = (
  first: CellText | string,
  ...rows: readonly (readonly (CellText | string)[])[]
): Group => ({ first: asCell(first), rows: rows.map((row) => row.map(asCell)) })

export const heading = (level: 1 | 2, text: string): Heading => ({ kind: 'heading', level, text })

export const paragraph = (text: string, tone?: Tone): Paragraph => ({
  kind: 'paragraph',
  text,
  ...(tone && { tone }),
})

export const cellText = (text: string, tone?: Tone): CellText => ({ text, ...(tone && { tone }) })

export const BLANK: CellText = { text: '' }

/** Nothing where there are none. */
export const countText = (count: number): CellText =>
  count === 0 ? BLANK : cellText(formatCount(count))
