/**
 * The generator behind records: SplitMix32, a Weyl sequence put through a
 * 32-bit finaliser. It is ours, so that no release of Node and no library can
 * change the bytes of a scenario, and it needs no state from earlier records.
 */
const WEYL = 0x9e3779b9

/** A bijection of 32-bit numbers whose output bits each depend on every input bit. */
function scramble(word: number): number {
  let z = word >>> 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

export type WordSource = () => number

/** An endless series of 32-bit words that depends on the seed and the index alone. */
export function createWordSource(seed: number, index: number): WordSource {
  // Scrambled apart and then together: seed 1, index 2 must not be seed 2, index 1.
  let state = scramble(scramble(seed + WEYL) + Math.imul(index, WEYL))
  return () => {
    state = (state + WEYL) >>> 0
    return scramble(state)
  }
}

const WORDS = 2 ** 32

/**
 * A whole number from `low` to `high`, both included, each equally likely:
 * draws from the incomplete last stretch are thrown away, not folded back.
 */
export function drawInteger(next: WordSource, low: number, high: number): number {
  const choices = high - low + 1
  if (choices <= WORDS) {
    const limit = WORDS - (WORDS % choices)
    let word = next()
    while (word >= limit) word = next()
    return low + (word % choices)
  }
  // Beyond 32 bits, and exact beyond 2^53, where `high - low` no longer is.
  const wide = BigInt(high) - BigInt(low) + 1n
  const limit = 2n ** 64n - (2n ** 64n % wide)
  const draw = () => (BigInt(next()) << 32n) | BigInt(next())
  let word = draw()
  while (word >= limit) word = draw()
  return Number(BigInt(low) + (word % wide))
}
