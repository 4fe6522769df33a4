import type { Direction, Layer, Phase } from '../../../model/vocabulary.ts'
import type { FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { createPart } from '../parsing/frame-stream.ts'

const ENGINE = 'Engine.IO protocol 4'
const SOCKET = 'Socket.IO protocol 5'

/** A text message: an Engine.IO packet, and in one of type `message` a Socket.IO packet. */
export interface TextPacket {
  readonly label: string
  readonly clause: string
  readonly phase: Phase
  readonly layer: Layer
  /** Who may send it; null: both. */
  readonly sender: Direction | null
  readonly parts: readonly FramePart[]
  /** A ping or pong with which a session moves here from polling: either side sends it. */
  readonly isProbe: boolean
  /** What a Socket.IO packet says besides; null for one of Engine.IO alone. */
  readonly socketIo: SocketIoPacket | null
}

export interface SocketIoPacket {
  readonly name: SocketIoName
  readonly namespace: string
  /** The number under which an event asks for an acknowledgement, or an acknowledgement comes. */
  readonly acknowledgementId: string | null
  /** Binary messages that follow, which are its attachments. */
  readonly attachments: number
}

/** By the first character. A `message` (4) is a Socket.IO packet. */
const ENGINE_TYPES: Readonly<
  Record<string, { name: string; sender: Direction | null; phase: Phase }>
> = {
  0: { name: 'open', sender: 'down', phase: 'setup' },
  1: { name: 'close', sender: null, phase: 'close' },
  2: { name: 'ping', sender: 'down', phase: 'idle' },
  3: { name: 'pong', sender: 'up', phase: 'idle' },
  5: { name: 'upgrade', sender: 'up', phase: 'setup' },
  6: { name: 'noop', sender: null, phase: 'idle' },
}

interface SocketIoType<Name extends string> {
  name: Name
  sender: Direction | null
  phase: Phase
  layer: Layer
  hasData(data: unknown): boolean
}

const isObject = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && !Array.isArray(data)
const isEvent = (data: unknown): boolean =>
  Array.isArray(data) && (typeof data[0] === 'string' || typeof data[0] === 'number')

function type<Name extends string>(
  name: Name,
  sender: Direction | null,
  phase: Phase,
  layer: Layer,
  hasData: (data: unknown) => boolean,
): SocketIoType<Name> {
  return { name, sender, phase, layer, hasData }
}

/** By the character after Engine.IO's. */
const SOCKET_TYPES = [
  type('CONNECT', null, 'setup', 'control', (data) => data === undefined || isObject(data)),
  type('DISCONNECT', null, 'close', 'control', (data) => data === undefined),
  type('EVENT', null, 'steady', 'framing', isEvent),
  type('ACK', null, 'steady', 'acknowledgement', Array.isArray),
  type(
    'CONNECT_ERROR',
    'down',
    'setup',
    'control',
    (data) => typeof data === 'string' || isObject(data),
  ),
  type('BINARY_EVENT', null, 'steady', 'framing', isEvent),
  type('BINARY_ACK', null, 'steady', 'acknowledgement', Array.isArray),
] as const

type SocketIoName = (typeof SOCKET_TYPES)[number]['name']

/** @throws MalformedBytes where it is neither */
export function parsePacket(bytes: Buffer): TextPacket {
  // One character a byte: the structure is ASCII, and lengths are counted in bytes.
  const text = bytes.toString('latin1')
  const first = text[0] ?? ''
  if (first === '4') return parseSocketIo(text)
  const engineType = ENGINE_TYPES[first]
  if (engineType === undefined) {
    throw new MalformedBytes(`a text message is no Engine.IO packet (${ENGINE})`)
  }
  const { name, sender, phase } = engineType
  const isProbe = text === '2probe' || text === '3probe'
  const parts = [packetType(name, 'control', ENGINE)]
  // Withheld: the session id of `open` is as good as a password.
  if (text.length > 1) {
    parts.push(createPart('control', 'data', text.length - 1, { disclosure: 'withheld' }))
  }
  return {
    // WebSocket has frames of the same names.
    label: `Engine.IO ${name}`,
    clause: ENGINE,
    phase: isProbe ? 'setup' : phase,
    layer: 'control',
    sender,
    parts,
    isProbe,
    socketIo: null,
  }
}

function parseSocketIo(text: string): TextPacket {
  const [head, digit, attachments, namespace, id] =
    /^4([0-6])((?<=[56])\d+-)?(\/[^,]*,?)?(\d+)?/.exec(text) ?? []
  const socketType = SOCKET_TYPES[Number(digit)]
  if (head === undefined || socketType === undefined) {
    throw new MalformedBytes(`an Engine.IO message is no Socket.IO packet (${SOCKET})`)
  }
  const { name, sender, phase, layer } = socketType
  if (name.startsWith('BINARY') !== (attachments !== undefined)) {
    throw new MalformedBytes(`${name} does not say how many attachments follow (${SOCKET})`)
  }
  const json = text.slice(head.length)
  if (!socketType.hasData(parseJson(json))) {
    throw new MalformedBytes(`the data of ${name} is none that it can have (${SOCKET})`)
  }
  const parts = [packetType('message', layer, ENGINE), packetType(name, layer, SOCKET)]
  const note = (label: string, field = ''): void => {
    if (field === '') return
    // CONNECT carries credentials and gets a session id.
    const isSecret = name === 'CONNECT' && label === 'data'
    const value = isSecret ? { disclosure: 'withheld' as const } : { text: utf8(field) }
    parts.push(createPart(layer, label, field.length, { ...value, clause: SOCKET }))
  }
  note('attachment count', attachments)
  note('namespace', namespace)
  note('acknowledgement id', id)
  if (isEventName(name)) parts.push(...eventParts(name, json))
  else note('data', json)
  return {
    label: name,
    clause: SOCKET,
    phase,
    layer,
    sender,
    parts,
    isProbe: false,
    socketIo: {
      name,
      namespace: namespace?.replace(/,$/, '') ?? '/',
      acknowledgementId: id ?? null,
      attachments: attachments === undefined ? 0 : Number.parseInt(attachments, 10),
    },
  }
}

export const isEventName = (name: SocketIoName): boolean =>
  name === 'EVENT' || name === 'BINARY_EVENT'

/**
 * The JSON array of an event: its name, then what the application sent. Of a
 * BINARY_EVENT that is in the attachments; here a placeholder stands for it.
 */
function eventParts(name: SocketIoName, json: string): FramePart[] {
  const nameEnd = endOfFirstElement(json)
  const argumentsEnd = json.lastIndexOf(']')
  const given = json.slice(nameEnd, argumentsEnd)
  const [event, end] = [json.slice(0, nameEnd), json.slice(argumentsEnd)]
  return [
    createPart('framing', 'event name', event.length, { text: utf8(event), clause: SOCKET }),
    name === 'EVENT'
      ? createPart('payload', 'arguments', given.length)
      : createPart('framing', 'placeholder', given.length, { text: utf8(given), clause: SOCKET }),
    createPart('framing', 'array end', end.length, { text: end, clause: SOCKET }),
  ]
}

/** Behind the first element of a JSON array, and behind the comma that follows it. */
function endOfFirstElement(json: string): number {
  let at = json.indexOf('[') + 1
  const skipBlanks = (): void => {
    while (/\s/.test(json[at] ?? '')) at += 1
  }
  skipBlanks()
  if (json[at] === '"') {
    at += 1
    while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
    at += 1
  } else {
    while (/[-+.\w]/.test(json[at] ?? '')) at += 1
  }
  skipBlanks()
  return json[at] === ',' ? at + 1 : at
}

const packetType = (name: string, layer: Layer, clause: string): FramePart =>
  createPart(layer, `${clause.slice(0, 9)} packet type`, 1, { text: name, clause })

/** @returns undefined where there is none, null where it is not JSON */
function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The text of bytes that stand in a string one by one. */
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString()
