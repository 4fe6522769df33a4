import { setFlagsFromString } from 'node:v8'

export const HEAP_GROWTH = '--heap-growing-percent=50'

/** Either alone has all of it optimised still: at once, or after some calls. */
export const NO_WASM_TIERS = '--no-wasm-tier-up --no-wasm-dynamic-tiering'

/**
 * From now on the heap of this process grows to one and a half of what is in use
 * before all of it is collected. V8 lets it grow fourfold, and further where a busy
 * machine delays collecting: most of the memory is then what Node's `fetch` leaves
 * behind of each request. Costs 6 % of the computing time; growing to twice would
 * cost 1 %, and 100,000 messages would take an eighth more than 10,000.
 */
export const keepHeapSmall = (): void => setFlagsFromString(HEAP_GROWTH)

/**
 * From now on WebAssembly of this process runs as V8 compiles it first. The only one
 * is undici's parser of HTTP/1.1: after a few responses V8 optimises its
 * largest function, which takes 0.1 s of another CPU, and which thousands of short
 * responses do not win back.
 */
export const leaveWasmUnoptimised = (): void => setFlagsFromString(NO_WASM_TIERS)
