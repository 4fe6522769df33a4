import { createRequire } from 'node:module'

/*
 * Loaded where a scenario asks for them, and at once: payloads are made in many
 * places, and none of them waits.
 */
const load = createRequire(import.meta.url)

export const cbor = (): typeof import('cbor2') => load('cbor2')
export const msgpack = (): typeof import('@msgpack/msgpack') => load('@msgpack/msgpack')
export const protobuf = (): typeof import('protobufjs') => load('protobufjs')
