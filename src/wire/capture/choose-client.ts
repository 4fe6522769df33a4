import { detectProtocol, isStatusLine } from '../detection/signatures.ts'
import { type End, otherEnd, type Utterance } from './conversations/causal-order.ts'

const ENDS: readonly End[] = ['first', 'second']
const NOTHING = new Uint8Array(0)

/**
 * Which end is the client: who opened the connection; where the capture began
 * later, who speaks as the client of a protocol does, or is answered as one; else
 * who is not on the lower port, since services have the low ones.
 */
export function chooseClient(
  opener: End | null,
  ports: Readonly<Record<End, number>>,
  beginning: readonly Utterance[],
): End {
  if (opener !== null) return opener
  const firstOf = (end: End): Uint8Array =>
    beginning.find((utterance) => utterance.end === end)?.bytes ?? NOTHING
  const client = ENDS.find((end) => detectProtocol(firstOf(end))?.kind === 'known')
  if (client !== undefined) return client
  const server = ENDS.find((end) => isStatusLine(firstOf(end)))
  if (server !== undefined) return otherEnd(server)
  return ports.first < ports.second ? otherEnd('first') : 'first'
}
