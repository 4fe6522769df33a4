import type { Frame } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { Rules } from '../parsing/rules.ts'
import { type CoapMessage, findOption } from './coap-message.ts'
import { type Block, optionOf, readBlock } from './coap-options.ts'

export const BLOCK1 = 27
export const BLOCK2 = 23

/**
 * Bodies that are cut into blocks (RFC 7959) and still under way: one message
 * in several frames. Blocks come in order, each where the last one ended: a
 * sender waits for each to be answered (§2.5).
 */
export class BlockwiseBodies {
  /** Bytes that have come, by what the body is for. */
  readonly #bytes = new Map<string, number>()

  /**
   * Takes the next block of a body, or the whole of one that has no blocks.
   * @returns whether the frame begins a message or continues one
   * @throws MalformedBytes where it is no block, or the rules are strict and it is not the next
   */
  take(
    key: string,
    message: CoapMessage,
    option: typeof BLOCK1 | typeof BLOCK2,
    rules: Rules,
  ): Frame['message'] {
    const block = blockOf(message, option)
    const payloadBytes = message.payload?.length ?? 0
    if (block === null || block.number === 0) {
      // Block 0 begins anew, whatever came before (§2.5).
      if (block?.more) this.#bytes.set(key, payloadBytes)
      else this.#bytes.delete(key)
      return block?.more ? 'begins' : undefined
    }
    const offset = block.number * block.sizeBytes
    const come = this.#bytes.get(key) ?? 0
    if (offset !== come) {
      rules.breach(
        `block ${block.number} begins at byte ${offset} of its body, of which ${come} have come (RFC 7959 §2.5)`,
        'a block does not begin where the last one ended (RFC 7959 §2.5)',
      )
    }
    if (block.more) this.#bytes.set(key, offset + payloadBytes)
    else this.#bytes.delete(key)
    return 'continues'
  }

  /** Whether this is a request for the next block of a body. */
  isNext(key: string, request: CoapMessage): boolean {
    const block = blockOf(request, BLOCK2)
    return block !== null && block.number > 0 && this.#bytes.has(key)
  }

  /** The rest of it will not come. */
  abandon(key: string): void {
    this.#bytes.delete(key)
  }
}

/** @throws MalformedBytes where the option's value is no block, or the payload is none of its size */
function blockOf(message: CoapMessage, option: number): Block | null {
  const value = findOption(message, option)
  if (value === null) return null
  const { name } = optionOf(option)
  const block = readBlock(value)
  if (block === null) {
    throw new MalformedBytes(
      `${name} is ${Buffer.from(value).toString('hex')}: longer than 3 bytes, or of the reserved size exponent 7 (RFC 7959 §2.2)`,
    )
  }
  const payloadBytes = message.payload?.length ?? 0
  // Where the option only asks or acknowledges, there is no payload that it speaks of.
  if (block.more && payloadBytes > 0 && payloadBytes !== block.sizeBytes) {
    throw new MalformedBytes(
      `${name} says more blocks follow one of ${block.sizeBytes} bytes, but this one has ${payloadBytes} (RFC 7959 §2.2)`,
    )
  }
  return block
}
