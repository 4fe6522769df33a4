import { displayWidth, plainText } from '../../model/text/text-width.ts'

/** Text of others, for HTML and SVG alike: what it holds is text, and on one line. */
export const escapeMarkup = (text: string): string =>
  plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

type Attributes = Readonly<Record<string, string | number | undefined>>

const DECIMALS = 2

/** One element; figures are written alike on every machine. */
export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? round(value) : escapeMarkup(String(value))}"`,
    )
    .join('')
  return content.length === 0
    ? `<${name}${text}/>`
    : `<${name}${text}>${content.join('')}</${name}>`
}

const round = (value: number): string => String(Number(value.toFixed(DECIMALS)))

/**
 * Colours that the colour-blind tell apart (Okabe and Ito), as attributes: a
 * policy that blocks styles leaves them. Classes let a dark page take others.
 */
export const INK = { fill: '#1b1f24', class: 'ink' } as const
export const FAINT = { fill: '#57606a', class: 'faint' } as const
export const GRID = { stroke: '#d0d7de', class: 'grid' } as const

export const COLOURS = {
  http: '#d55e00',
  mqtt: '#0072b2',
  other: '#767676',
} as const

export const protocolColour = (protocol: string): string =>
  protocol.startsWith('http/')
    ? COLOURS.http
    : protocol.startsWith('mqtt/')
      ? COLOURS.mqtt
      : COLOURS.other

export const FONT_SIZE = 13

/** Wider than the letters of most fonts. */
const CHARACTER = 7.6
/** Names of others may be of any length. */
const LONGEST_LABEL = 48

const shortened = (text: string): string => {
  const characters = [...text]
  return characters.length <= LONGEST_LABEL
    ? text
    : `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`
}

/** A line of text in a picture. */
export const label = (x: number, y: number, text: string, attributes: Attributes = INK): string =>
  element('text', { x, y, 'font-size': FONT_SIZE, ...attributes }, escapeMarkup(shortened(text)))

/** The room that the longest of these labels needs, in a picture's units. */
export const labelWidth = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map((text) => displayWidth(plainText(shortened(text))))) * CHARACTER

/** One picture: what it proves is its title, which a screen reader says. */
export interface Picture {
  /** A stable name, for files and anchors. */
  readonly name: string
  readonly proves: string
  readonly svg: string
}

export function picture(
  name: string,
  proves: string,
  { width, height }: { width: number; height: number },
  ...content: string[]
): Picture {
  const id = `picture-${name}`
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${round(width)} ${round(height)}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': id,
      'font-family': 'system-ui, "Noto Sans", "Noto Sans TC", sans-serif',
    },
    element('title', { id }, escapeMarkup(proves)),
    ...content,
  )
  return { name, proves, svg }
}

/** As a file of its own: on white, since nobody knows what it is put on. */
export const standaloneSvg = ({ svg }: Picture): string =>
  `${svg.replace('</title>', '</title><rect width="100%" height="100%" fill="#ffffff"/>')}\n`
