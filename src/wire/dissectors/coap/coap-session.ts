import type { Direction, Phase } from '../../../model/vocabulary.ts'
import type { Frame } from '../../../model/wire/frame.ts'
import { Recent } from '../parsing/recent.ts'
import type { Rules } from '../parsing/rules.ts'
import { BLOCK1, BLOCK2, BlockwiseBodies } from './coap-bodies.ts'
import {
  type CoapMessage,
  codeOf,
  findOption,
  isEmpty,
  isRequest,
  methodOf,
} from './coap-message.ts'
import { readUint } from './coap-options.ts'
import type { CoapLayers } from './coap-parts.ts'

/** What a message is in its exchange: the phase, name and clause of its frame, and what its bytes are for. */
export interface CoapRole extends CoapLayers {
  readonly phase: Phase
  readonly label: string
  readonly clause: string
  readonly message?: Frame['message']
}

const OBSERVE = 6
const URI_PATH = 11
const URI_QUERY = 15

/**
 * Messages of one sender that the other side may still refer to by Message ID.
 * With one exchange outstanding (NSTART, RFC 7252 §4.7) it would be the last.
 */
const RECENT_MESSAGES = 256

/** A request whose response is still to come. */
interface OpenRequest {
  /** `registration` and `deregistration` are those of RFC 7641; `block` asks for more of a notification. */
  readonly purpose: 'message' | 'query' | 'registration' | 'deregistration' | 'block'
  readonly phase: Phase
  readonly target: string
  readonly isConfirmable: boolean
  /** The response comes in a message of its own (RFC 7252 §5.2.2, §5.2.3). */
  isSeparate: boolean
}

interface SentMessage {
  readonly datagram: Uint8Array
  readonly role: CoapRole
  readonly token: string
}

/** What one side has said. */
class Side {
  /** By token (RFC 7252 §5.3.2). */
  readonly requests = new Map<string, OpenRequest>()
  /** What this side observes: targets by token (RFC 7641 §3.1). */
  readonly observations = new Map<string, string>()
  /** Of its requests, by target. */
  readonly bodies = new BlockwiseBodies()
  /** Of what its GETs fetch, by target. */
  readonly fetched = new BlockwiseBodies()
  /** Of the notifications that it gets, by target. */
  readonly notified = new BlockwiseBodies()
  /** CON and NON, by their own Message IDs. */
  readonly sent = new Recent<number, SentMessage>(RECENT_MESSAGES)
  /** ACK and RST, by the Message IDs of the other side. */
  readonly replied = new Recent<number, SentMessage>(RECENT_MESSAGES)
}

/** The exchanges between two endpoints: what each message answers, acknowledges or goes on with. */
export class CoapSession {
  readonly #sides: Readonly<Record<Direction, Side>> = { up: new Side(), down: new Side() }
  readonly #rules: Readonly<Record<Direction, Rules>>

  constructor(rules: Readonly<Record<Direction, Rules>>) {
    this.#rules = rules
  }

  /** Confirmable requests to which no response came. */
  unanswered(direction: Direction): number {
    const requests = [...this.#sides[direction].requests.values()]
    return requests.filter(({ isConfirmable }) => isConfirmable).length
  }

  /**
   * @throws MalformedBytes where the message answers or acknowledges nothing that
   *   was said, and the rules are strict
   */
  classify(direction: Direction, message: CoapMessage, datagram: Uint8Array): CoapRole {
    const own = this.#sides[direction]
    const other = this.#sides[direction === 'up' ? 'down' : 'up']
    const isReply = message.type === 'ACK' || message.type === 'RST'
    const said = isReply ? own.replied : own.sent
    const earlier = said.get(message.messageId)
    if (earlier !== undefined && Buffer.compare(earlier.datagram, datagram) === 0) {
      return repeated(earlier.role)
    }
    const rules = this.#rules[direction]
    const role = isEmpty(message)
      ? classifyEmpty(message, own, other, rules)
      : isRequest(message)
        ? classifyRequest(message, own, rules)
        : classifyResponse(message, other, rules)
    said.set(message.messageId, { datagram, role, token: tokenOf(message) })
    return role
  }
}

const tokenOf = ({ token }: CoapMessage): string => Buffer.from(token).toString('hex')

/** What a request is about: its path and query. */
const targetOf = ({ options }: CoapMessage): string =>
  options
    .filter(({ number }) => number === URI_PATH || number === URI_QUERY)
    .map(({ number, value }) => `${number} ${Buffer.from(value).toString('hex')}`)
    .join(',')

const inLayer = (layer: CoapLayers['head']): CoapLayers => ({ head: layer, payload: layer })

/** It carries what an application sent: a message, or a part of one. */
const carrying = (
  message: Frame['message'],
  frame: Pick<CoapRole, 'phase' | 'label' | 'clause'>,
): CoapRole => ({
  ...{ head: 'framing', payload: 'payload', ...frame },
  ...(message !== undefined && { message }),
})

/**
 * The same bytes under the same Message ID: nothing new is said (RFC 7252 §4.5).
 * So their payload is no payload once more, but a cost of getting it across.
 */
const repeated = ({ head, phase }: CoapRole): CoapRole => ({
  ...inLayer(head === 'acknowledgement' ? head : 'control'),
  phase,
  label: 'retransmission',
  clause: 'RFC 7252 §4.2',
})

function classifyEmpty(message: CoapMessage, own: Side, other: Side, rules: Rules): CoapRole {
  if (message.type === 'CON') {
    return { ...inLayer('control'), phase: 'idle', label: 'ping', clause: 'RFC 7252 §4.3' }
  }
  const meant = other.sent.get(message.messageId)
  // A reset may also reject an acknowledgement whose exchange is long over.
  const rejected = message.type === 'RST' ? other.replied.get(message.messageId) : undefined
  const about = meant ?? rejected
  if (about === undefined) {
    const what = message.type === 'ACK' ? 'an Acknowledgement' : 'a Reset'
    rules.breach(
      `${what} of Message ID ${message.messageId}, which the other side has not sent (RFC 7252 §4.2)`,
      `${what} of a Message ID that the other side has not sent (RFC 7252 §4.2)`,
    )
    const clause = 'RFC 7252 §4.2'
    return { ...inLayer('acknowledgement'), phase: 'steady', label: message.type, clause }
  }
  const { phase, label } = about.role
  if (message.type === 'ACK') {
    const request = other.requests.get(about.token)
    if (request !== undefined) request.isSeparate = true
    return { ...inLayer('acknowledgement'), phase, label: 'ACK', clause: 'RFC 7252 §4.2' }
  }
  const reset = { label: 'RST', clause: 'RFC 7252 §4.3' }
  if (label === 'ping') return { ...inLayer('control'), phase, ...reset }
  if (own.observations.delete(about.token)) {
    return { ...inLayer('control'), phase: 'close', ...reset, clause: 'RFC 7641 §3.6' }
  }
  return { ...inLayer('acknowledgement'), phase, ...reset, clause: 'RFC 7252 §4.2' }
}

function classifyRequest(message: CoapMessage, own: Side, rules: Rules): CoapRole {
  const token = tokenOf(message)
  const target = targetOf(message)
  const open = (purpose: OpenRequest['purpose'], phase: Phase): Phase => {
    const isConfirmable = message.type === 'CON'
    own.requests.set(token, { purpose, phase, target, isConfirmable, isSeparate: !isConfirmable })
    return phase
  }
  const method = methodOf(message)
  if (method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'iPATCH') {
    const phase = open('message', 'steady')
    const part = own.bodies.take(`${method} ${target}`, message, BLOCK1, rules)
    const clause = part === undefined ? 'RFC 7252 §5.8' : 'RFC 7959 §2.5'
    return carrying(part, { phase, label: method, clause })
  }
  const observe = method === 'GET' || method === 'FETCH' ? findOption(message, OBSERVE) : null
  if (observe !== null) {
    const value = readUint(observe)
    if (value <= 1) return classifyObserve(value, token, own, open)
    rules.breach(`Observe of a request is ${value}, not 0 or 1 (RFC 7641 §2)`)
  }
  if (own.notified.isNext(target, message)) {
    const phase = open('block', 'steady')
    return { ...inLayer('control'), phase, label: 'GET next block', clause: 'RFC 7959 §2.6' }
  }
  if (message.options.some(({ number }) => number === URI_QUERY)) {
    rules.note('a request without content has a query: whether a reading is in it cannot be told')
  }
  const phase = open('query', 'steady')
  const label = method ?? `request ${codeOf(message)}`
  return { ...inLayer('framing'), phase, label, clause: 'RFC 7252 §5.8' }
}

/** RFC 7641 §2: 0 registers, or says again that it is interested; 1 deregisters. */
function classifyObserve(
  value: number,
  token: string,
  own: Side,
  open: (purpose: OpenRequest['purpose'], phase: Phase) => Phase,
): CoapRole {
  const control = inLayer('control')
  if (value === 1) {
    const phase = open('deregistration', 'close')
    return { ...control, phase, label: 'GET deregister', clause: 'RFC 7641 §3.6' }
  }
  const isKnown = own.observations.has(token)
  const phase = open('registration', isKnown ? 'idle' : 'setup')
  return isKnown
    ? { ...control, phase, label: 'GET register again', clause: 'RFC 7641 §3.3.1' }
    : { ...control, phase, label: 'GET register', clause: 'RFC 7641 §3.1' }
}

function classifyResponse(message: CoapMessage, requester: Side, rules: Rules): CoapRole {
  const token = tokenOf(message)
  const isPiggybacked = message.type === 'ACK'
  if (isPiggybacked && requester.sent.get(message.messageId)?.token !== token) {
    rules.breach(
      `a response in the Acknowledgement of Message ID ${message.messageId} with token ${token || '(empty)'}: no such request was sent (RFC 7252 §5.3.2)`,
      'a response in an Acknowledgement, to a request that did not cross here (RFC 7252 §5.3.2)',
    )
    return unasked('RFC 7252 §5.2.1')
  }
  const request = requester.requests.get(token)
  const observed = requester.observations.get(token)
  const answers = request !== undefined && (isPiggybacked || request.isSeparate)
  const notifies = message.codeClass === 2 && findOption(message, OBSERVE) !== null
  if (observed !== undefined && notifies && !answers) {
    return notification(message, requester, observed, rules)
  }
  const clause = isPiggybacked ? 'RFC 7252 §5.2.1' : 'RFC 7252 §5.2.2'
  if (request === undefined) {
    if (observed === undefined) {
      rules.breach(
        `a response with token ${token || '(empty)'}, which no open request has (RFC 7252 §5.3.2)`,
        'a response with a token that no open request has (RFC 7252 §5.3.2)',
      )
      // Of an observation that began earlier, it is the next one.
      return notifies ? notification(message, requester, token, rules) : unasked(clause)
    }
    requester.observations.delete(token)
    return { ...inLayer('control'), phase: 'close', label: 'response', clause: 'RFC 7641 §4.2' }
  }
  requester.requests.delete(token)
  const frame = { phase: request.phase, label: 'response', clause }
  return answer(request, frame, message, requester, rules)
}

/** What it answers did not cross here. */
const unasked = (clause: string): CoapRole => ({
  ...inLayer('acknowledgement'),
  phase: 'steady',
  label: 'response',
  clause,
})

function notification(
  message: CoapMessage,
  observer: Side,
  target: string,
  rules: Rules,
): CoapRole {
  const part = observer.notified.take(target, message, BLOCK2, rules)
  return carrying(part, { phase: 'steady', label: 'notification', clause: 'RFC 7641 §4.2' })
}

/** 2.05: what a GET asked for (RFC 7252 §5.9.1.5). */
const isContent = ({ codeClass, codeDetail }: CoapMessage): boolean =>
  codeClass === 2 && codeDetail === 5

function answer(
  request: OpenRequest,
  frame: Pick<CoapRole, 'phase' | 'label' | 'clause'>,
  message: CoapMessage,
  requester: Side,
  rules: Rules,
): CoapRole {
  const token = tokenOf(message)
  const isSuccess = message.codeClass === 2
  switch (request.purpose) {
    case 'registration':
      if (isSuccess && findOption(message, OBSERVE) !== null) {
        requester.observations.set(token, request.target)
      } else requester.observations.delete(token)
      return { ...inLayer('control'), ...frame }
    case 'deregistration':
      requester.observations.delete(token)
      return { ...inLayer('control'), ...frame }
    case 'block': {
      if (!isSuccess) {
        requester.notified.abandon(request.target)
        return { ...inLayer('acknowledgement'), ...frame }
      }
      const part = requester.notified.take(request.target, message, BLOCK2, rules)
      return carrying(part, { ...frame, clause: 'RFC 7959 §2.6' })
    }
    default: {
      if (request.purpose !== 'query' || !isContent(message)) {
        return { ...inLayer('acknowledgement'), ...frame }
      }
      return carrying(requester.fetched.take(request.target, message, BLOCK2, rules), frame)
    }
  }
}
