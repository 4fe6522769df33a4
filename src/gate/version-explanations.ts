import type { Versions } from '../model/report/baseline.ts'
import type { ByteDifference, VersionExplanation } from '../model/report/check.ts'
import type { CellIdentity } from '../model/report/report.ts'

type Explains = (difference: ByteDifference, cell: CellIdentity) => boolean

const isHttp: Explains = (_, cell) => cell.protocol.startsWith('http/')
const isMqtt: Explains = (_, cell) => cell.protocol.startsWith('mqtt/')
const isCoap: Explains = (_, cell) => cell.protocol === 'coap'
const isFetch: Explains = (difference, cell) => isHttp(difference, cell) && cell.client === 'fetch'
const isSocketIo: Explains = (_, cell) => cell.protocol === 'socket.io'
const isWebSocket: Explains = (difference, cell) =>
  cell.protocol.endsWith('websocket') || isSocketIo(difference, cell)
const isHttp2: Explains = (_, cell) => cell.protocol === 'http/2'
const isUp: Explains = ({ direction }) => direction === 'up'
const isDown: Explains = ({ direction }) => direction === 'down'
const isTls: Explains = ({ layer }) => layer === 'security'
/** What is sent is the scenario's to say, never a library's. */
const isPayload: Explains = ({ layer }) => layer === 'payload'

/** Which bytes a version can have moved. A name that is not here moves none. */
const EXPLAINS: Readonly<Record<string, Explains>> = {
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
  undici: (difference, cell) => isFetch(difference, cell) && isUp(difference, cell),
  fastify: (difference, cell) => isHttp(difference, cell) && isDown(difference, cell),
  autocannon: (difference, cell) =>
    isHttp(difference, cell) && cell.client === 'bare' && isUp(difference, cell),
  mqtt: (difference, cell) => isMqtt(difference, cell) && cell.client !== 'bare',
  'mqtt-packet': isMqtt,
  aedes: isMqtt,
  ws: isWebSocket,
  // They bring their own Engine.IO and their own copy of ws.
  'socket.io': (difference, cell) => isSocketIo(difference, cell) && isDown(difference, cell),
  'socket.io-client': (difference, cell) => isSocketIo(difference, cell) && isUp(difference, cell),
  coap: isCoap,
  'coap-packet': isCoap,
}

/** `undici (in Node, fetch)` is undici by another way. */
const familyOf = (name: string): string => name.replace(/ \(.*\)$/, '')

/**
 * The versions that differ and can have moved these figures, in the order of
 * the baseline. It says what is possible, not what happened: the verdict stays.
 */
export function explainByVersions(
  cell: CellIdentity,
  differences: readonly ByteDifference[],
  was: Versions,
  is: Versions,
): VersionExplanation[] {
  const explanations: VersionExplanation[] = []
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (was[name] === is[name]) continue
    const family = familyOf(name)
    const explains = Object.hasOwn(EXPLAINS, family) ? EXPLAINS[family] : undefined
    const figures = differences
      .filter((difference) => explains?.(difference, cell))
      .filter((difference) => family === 'mqtt-vs-http' || !isPayload(difference, cell))
      .map(({ phase, direction, layer }) => `${phase} ${direction} ${layer}`)
    if (figures.length === 0) continue
    explanations.push({ name, was: was[name] ?? '', is: is[name] ?? '', figures })
  }
  return explanations
}
