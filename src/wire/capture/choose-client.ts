import { detectProtocol } from '../detection/signatures.ts'
import { type End, otherEnd, type TcpConversation } from './conversations/tcp-conversation.ts'

const ENDS: readonly End[] = ['first', 'second']

/**
 * Which end is the client: who opened the connection; where the capture began
 * later, who speaks as the client of a protocol does; else who is not on the
 * lower port, since services have the low ones.
 */
export function chooseClient({ opener, sides }: TcpConversation): End {
  if (opener !== null) return opener
  const speaking = ENDS.find((end) => {
    const [first] = sides[end].utterances
    return first !== undefined && detectProtocol(first.bytes)?.kind === 'known'
  })
  if (speaking !== undefined) return speaking
  const portOf = (end: End): number => Number(sides[end].place.split(':').at(-1))
  return portOf('first') < portOf('second') ? otherEnd('first') : 'first'
}
