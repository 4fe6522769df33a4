/**
 * The head of a message as one program writes it, line by line, in its order and
 * spelling. What differs from message to message stands in braces:
 *
 * - `{host}`: host and port of the address, without the port where it is the scheme's own
 * - `{length}`: bytes of the content, in decimal
 * - `{type}`: the payload's content type
 */
export interface HeaderSet {
  /** What wrote it, with its version. */
  readonly program: string
  /**
   * - `captured`: read off a socket
   * - `documented`: composed as the program's source does it
   * - `specified`: the least that the specification asks for
   */
  readonly basis: 'captured' | 'documented' | 'specified'
  /** The source, or the call that was captured. */
  readonly from: string
  readonly lines: readonly string[]
}

export type HeadValues = Partial<Record<'host' | 'length' | 'type', string>>

/**
 * The bytes of a head, the blank line included.
 * @param startLine without CRLF
 * @param extra further lines, after those of the set
 * @throws TypeError for a name in braces that has no value
 */
export function buildHead(
  startLine: string,
  lines: readonly string[],
  values: HeadValues,
  extra: Readonly<Record<string, string>>,
): Buffer {
  const filled = lines.map((line) =>
    line.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name as keyof HeadValues]
      if (value === undefined) throw new TypeError(`a header set asks for {${name}}`)
      return value
    }),
  )
  const further = Object.entries(extra).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from([startLine, ...filled, ...further, '', ''].join('\r\n'), 'latin1')
}

/** A head as it was captured, with what differs from message to message in its place: `{path}`, `{length}`. */
export function fillHead(
  head: string,
  { target, length }: { readonly target?: string; readonly length: string },
): Buffer {
  const [startLine = '', ...fields] = head.split('\r\n')
  const start =
    target === undefined ? startLine : startLine.replace(' {path} ', () => ` ${target} `)
  const filled = fields.map((line) =>
    /^content-length:/i.test(line) ? line.replace('{length}', length) : line,
  )
  return Buffer.from([start, ...filled].join('\r\n'), 'latin1')
}
