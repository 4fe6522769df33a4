import type { Versions } from '../model/report/check/baseline.ts'
import type { ByteDifference, VersionExplanation } from '../model/report/check/check.ts'
import type { CellIdentity } from '../model/report/report.ts'
import type { Library } from '../model/wire/library.ts'

type Explains = (difference: ByteDifference, cell: CellIdentity) => boolean

const isHttp: Explains = (_, cell) => cell.protocol.startsWith('http/')
const isFetch: Explains = (difference, cell) => isHttp(difference, cell) && cell.client === 'fetch'
const isWebSocket: Explains = (_, cell) =>
  cell.protocol.endsWith('websocket') || cell.protocol === 'socket.io'
const isHttp2: Explains = (_, cell) => cell.protocol === 'http/2'
const isUp: Explains = ({ direction }) => direction === 'up'
const isDown: Explains = ({ direction }) => direction === 'down'
const isTls: Explains = ({ layer }) => layer === 'security'
/** What is sent is the scenario's to say, never a library's. */
const isPayload: Explains = ({ layer }) => layer === 'payload'

/**
 * Which bytes a version can have moved of what every transport stands on: the
 * libraries of its own it names itself. Whatever is neither moves none.
 */
const PLATFORM: Readonly<Record<string, Explains>> = {
  // Pre-encoded frames, options of clients and endpoints, the generator of payloads.
  'mqtt-vs-http': () => true,
  // `fetch` is Node's own, and so are the server's head (Date, Connection,
  // Keep-Alive), that of an upgrade request, and HTTP/2.
  node: (difference, cell) =>
    isTls(difference, cell) ||
    isHttp2(difference, cell) ||
    (isFetch(difference, cell) && isUp(difference, cell)) ||
    (isHttp(difference, cell) && isDown(difference, cell)) ||
    (isWebSocket(difference, cell) && difference.phase === 'setup' && isUp(difference, cell)),
  openssl: isTls,
  // Both sides: what becomes a frame, and what HPACK makes of a field.
  nghttp2: isHttp2,
  // The endpoint's certificate, which the handshake carries.
  '@peculiar/x509': (difference, cell) =>
    isTls(difference, cell) && isDown(difference, cell) && difference.phase === 'setup',
}

const movedBy = (library: Library | undefined, { direction }: ByteDifference): boolean =>
  library?.moves === 'both' || library?.moves === direction

/** `undici (in Node, fetch)` is undici by another way. */
const familyOf = (name: string): string => name.replace(/ \(.*\)$/, '')

/**
 * The versions that differ and can have moved these figures, in the order of
 * the baseline. It says what is possible, not what happened: the verdict stays.
 * @param libraries what the cell's transport speaks through
 */
export function explainByVersions(
  cell: CellIdentity,
  differences: readonly ByteDifference[],
  was: Versions,
  is: Versions,
  libraries: readonly Library[],
): VersionExplanation[] {
  const explanations: VersionExplanation[] = []
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (was[name] === is[name]) continue
    const family = familyOf(name)
    const library = libraries.find((each) => each.name === family)
    const explains = Object.hasOwn(PLATFORM, family) ? PLATFORM[family] : undefined
    const figures = differences
      .filter((difference) => explains?.(difference, cell) || movedBy(library, difference))
      .filter((difference) => family === 'mqtt-vs-http' || !isPayload(difference, cell))
      .map(({ phase, direction, layer }) => `${phase} ${direction} ${layer}`)
    if (figures.length === 0) continue
    explanations.push({ name, was: was[name] ?? '', is: is[name] ?? '', figures })
  }
  return explanations
}
