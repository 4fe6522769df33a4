/**
 * The closed vocabularies of the instrument. Code, reports and documentation
 * use these words and no synonyms.
 */

/** Who sends to whom: a device to a server, one to many, an app to a device and back. */
export const FLOWS = ['uplink', 'fanout', 'roundtrip'] as const
export type Flow = (typeof FLOWS)[number]

/**
 * What a resolved `send()` proves.
 *
 * - `flushed`: the bytes were handed to the kernel, nothing more.
 * - `acknowledged`: the endpoint said that it has the message (PUBACK).
 * - `exactly-once`: the four-way QoS 2 exchange ended (PUBCOMP).
 * - `answered`: the endpoint's application answered (an HTTP response, an echo);
 *   in a `roundtrip`, on every transport, the device: its state is back at the app.
 */
export const COMPLETIONS = ['flushed', 'acknowledged', 'exactly-once', 'answered'] as const
export type Completion = (typeof COMPLETIONS)[number]

/** What a part of a load does whose two ends are apart, each in processes and on machines of its own. */
export const ROLES = ['publish', 'subscribe'] as const
export type Role = (typeof ROLES)[number]

/** `up` leaves the device, `down` arrives at it. */
export const DIRECTIONS = ['up', 'down'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** The part of a connection's life a byte belongs to. */
export const PHASES = ['setup', 'steady', 'idle', 'close'] as const
export type Phase = (typeof PHASES)[number]

/** What a byte is for. */
export const LAYERS = [
  'payload',
  'framing',
  'acknowledgement',
  'control',
  'security',
  'network',
] as const
export type Layer = (typeof LAYERS)[number]

/** The layers of the byte stream; `network` lies below it, and depends on the kernel. */
export const WIRE_LAYERS = LAYERS.filter((layer) => layer !== 'network')

/** Whether a figure was read off the wire or computed from a model. */
export const BASES = ['measured', 'modelled'] as const
export type Basis = (typeof BASES)[number]

/**
 * Where the link bytes of a run come from.
 *
 * - `measured`: counted on a link in a network namespace of our own.
 * - `modelled`: computed from the bytes of the stream.
 * - `off`: wire bytes alone.
 */
export const LINK_BYTES = ['measured', 'modelled', 'off'] as const
export type LinkBytes = (typeof LINK_BYTES)[number]

/** The protocol on the wire, which decides the dissector. `none` has no wire: it stays in the process. */
export const PROTOCOLS = [
  'http/1.1',
  'http/2',
  'mqtt/3.1.1',
  'mqtt/5.0',
  'mqtt/3.1.1 over websocket',
  'mqtt/5.0 over websocket',
  'websocket',
  'socket.io',
  'coap',
  'length-prefixed',
  'none',
] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** What a run can measure. */
export const MEASURES = ['bytes', 'latency', 'throughput'] as const
export type Measure = (typeof MEASURES)[number]

/**
 * Which side was busy all the time under load, and so kept the rate from being
 * higher. `neither`: both had time left; more in flight, or a higher rate, would
 * bring more.
 */
export const LIMITS = ['generator', 'server', 'both', 'neither'] as const
export type Limit = (typeof LIMITS)[number]

/** What scenarios, transports and files of data are called; a family of TLS profiles has a dot: `cold-start-device-1.2`. */
export const NAME = /^[a-z0-9][a-z0-9.-]*$/
