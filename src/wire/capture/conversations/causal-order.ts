import { type End, otherEnd, type Utterance } from './tcp-conversation.ts'

/**
 * What both ends said, as they may have said it: in the order of the capture,
 * but an answer after what its packet acknowledges. A capture may hold them the
 * other way round, where two queues of a network card were read in turn.
 */
export function* inCausalOrder(
  utterances: Readonly<Record<End, readonly Utterance[]>>,
): Generator<Utterance> {
  const next: Record<End, number> = { first: 0, second: 0 }
  const saidBytes: Record<End, number> = { first: 0, second: 0 }
  const isTooEarly = ({ end, afterBytes }: Utterance): boolean =>
    afterBytes > saidBytes[otherEnd(end)]
  while (true) {
    const [a, b] = [utterances.first[next.first], utterances.second[next.second]]
    const chosen = a === undefined || b === undefined ? (a ?? b) : earlier(a, b, isTooEarly)
    if (chosen === undefined) return
    next[chosen.end] += 1
    saidBytes[chosen.end] = chosen.offset + chosen.bytes.length
    yield chosen
  }
}

/** Where both are too early, or neither, the order of the capture stands. */
function earlier(
  a: Utterance,
  b: Utterance,
  isTooEarly: (utterance: Utterance) => boolean,
): Utterance {
  const [first, second] = a.order < b.order ? [a, b] : [b, a]
  return isTooEarly(first) && !isTooEarly(second) ? second : first
}
