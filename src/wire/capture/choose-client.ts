import { detectProtocol } from '../detection/signatures.ts'
import { type End, otherEnd, type Utterance } from './conversations/causal-order.ts'

const ENDS: readonly End[] = ['first', 'second']

/**
 * Which end is the client: who opened the connection; where the capture began
 * later, who speaks as the client of a protocol does; else who is not on the
 * lower port, since services have the low ones.
 */
export function chooseClient(
  opener: End | null,
  ports: Readonly<Record<End, number>>,
  beginning: readonly Utterance[],
): End {
  if (opener !== null) return opener
  const speaking = ENDS.find((end) => {
    const first = beginning.find((utterance) => utterance.end === end)
    return first !== undefined && detectProtocol(first.bytes)?.kind === 'known'
  })
  if (speaking !== undefined) return speaking
  return ports.first < ports.second ? otherEnd('first') : 'first'
}
