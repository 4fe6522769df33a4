/** An element as a reader of XML sees it: references resolved. */
export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

const DECLARATION = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/
const TOKEN = /<(\/)?([A-Za-z][\w-]*)((?:\s+[\w-]+="[^"<]*")*)\s*(\/)?>|[^<]+/gy
const REFERENCES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function resolve(raw: string): string {
  // XML 1.0 §2.2, and `]]>` of §2.4.
  if (/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]|\]\]>/u.test(raw)) {
    throw new Error(`${JSON.stringify(raw)} has a character that XML does not allow`)
  }
  return raw.replace(/&([^;]*);?/g, (reference, name) => {
    const value = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined
    if (value === undefined) throw new Error(`${reference} is no reference`)
    return value
  })
}

function readAttributes(source: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', value = ''] of source.matchAll(/([\w-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} is given twice`)
    attributes[name] = resolve(value)
  }
  return attributes
}

/**
 * Reads the plain XML that reports are made of, strictly: no comments, no
 * CDATA, no document type.
 * @throws Error where the text is not well-formed
 */
export function parseXml(source: string): XmlElement {
  if (!DECLARATION.test(source)) throw new Error('has no XML declaration')
  const body = source.replace(DECLARATION, '')
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [document]
  let end = 0
  for (const match of body.matchAll(TOKEN)) {
    const [token, closes, name, attributes = '', isEmpty] = match
    end = match.index + token.length
    const parent = open.at(-1)
    if (parent === undefined) throw new Error('ends more than it began')
    if (name === undefined) parent.text += resolve(token)
    else if (closes) {
      if (parent.name !== name) throw new Error(`</${name}> ends <${parent.name}>`)
      open.pop()
    } else {
      const element = { name, attributes: readAttributes(attributes), children: [], text: '' }
      parent.children.push(element)
      if (!isEmpty) open.push(element)
    }
  }
  const [root, second] = document.children
  if (end !== body.length) throw new Error(`cannot be read at ${body.slice(end, end + 40)}`)
  if (open.length !== 1 || root === undefined || second !== undefined || document.text.trim()) {
    throw new Error('is not one element')
  }
  return root
}
