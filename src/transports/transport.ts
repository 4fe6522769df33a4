import type { Said } from '../model/said/said.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import type { Wording } from '../model/text/wording.ts'
import type { Completion, Flow, Protocol } from '../model/vocabulary.ts'
import type { Library } from '../model/wire/library.ts'

/**
 * The contract that every transport fulfils: one file a transport in the folder
 * of its family, from which the registry is written (`npm run registry`), and the
 * same contract test for all of them.
 *
 * `serve` and `connect` share nothing but a URL and options. They run in two
 * processes, and a relay, or somebody else's server, can stand between them
 * without either knowing. A transport moves messages; it never counts bytes and
 * never reads a clock.
 */
export interface Transport<Options = unknown> {
  /** Stable: it stands in reports, baselines and command lines. */
  readonly id: string
  readonly title: Wording
  readonly traits: TransportTraits
  readonly listing: Listing
  /** The npm packages that both its sides speak through; none where Node's own sockets do. */
  readonly libraries?: readonly Library[]
  /**
   * Checks the options of a scenario for this transport.
   * @throws InstrumentError `usage`, naming the key
   */
  parseOptions(input: unknown): Options
  /** The options of a run that this transport has; others are none of its business. */
  readonly optionNames?: readonly string[]
  /** What it is with these options, where they change it; `traits` otherwise. */
  traitsWith?(options: Options): TransportTraits
  /** Why it cannot run on this machine, with the line that mends it; null where it can. */
  availability?(options: Options): Promise<Said | null>
  /** Versions of the programs beside this package that it runs on here, by name. */
  programs?(options: Options): Promise<Readonly<Record<string, string>>>
  /**
   * What a device keeps of an earlier TLS connection: a session to resume. Asked
   * for before anything is measured, straight from the endpoint.
   * @throws InstrumentError `connection`
   */
  acquireSession?(address: URL, options: Options, context: ConnectContext): Promise<Buffer>
  /** Starts the serving side on a free loopback port. */
  serve(options: Options, context: ServeContext): Promise<Endpoint>
  /**
   * Connects the device's side. Resolves when messages can be sent.
   * @throws InstrumentError `connection`
   */
  connect(address: URL, options: Options, context: ConnectContext): Promise<Peer>
  /**
   * Connects the app of a `roundtrip`: the phone or computer that commands the
   * device. Its link is not the one that is measured.
   * @throws InstrumentError `connection`
   */
  connectApp?(address: URL, options: Options, context: ConnectContext): Promise<App>
  /**
   * A second connection to the same server, which is told of each message that
   * arrives there while it listens: what a server that is not ours cannot tell. Left out where the
   * protocol has nobody to tell it.
   * @throws InstrumentError `connection`, `refused`
   */
  watch?(
    address: URL,
    options: Options,
    context: ConnectContext,
    onArrival: ArrivalHandler,
  ): Promise<ArrivalWatch>
  /** How its device waits for commands; pushed and without a word if left out. */
  waiting?(options: Options, scenario: Scenario): Waiting
}

/** How a device waits for a command, and what it says meanwhile. */
export interface Waiting {
  /**
   * - `pushed`: a command is sent on as soon as it is there.
   * - `polled`: it lies at the server until the device asks: see `Peer.poll`.
   */
  readonly delivery: 'pushed' | 'polled'
  /**
   * Seconds from one waiting exchange to the next: a ping, an empty poll, a
   * heartbeat. Null where a waiting connection is silent.
   */
  readonly everyS: number | null
}

/** Where a transport stands in lists, as far as its traits do not say so. */
export interface Listing {
  /**
   * Where it stands in tables: smaller is higher up, and no two are the same. The
   * numbers leave gaps, so that a new one goes between two others.
   */
  readonly order: number
  /** Groups besides those that `groupsOf` reads from the traits. */
  readonly groups?: readonly DeclaredGroup[]
  /**
   * The id of the transport whose client does the same in the clear and without
   * a WebSocket: against the URL of a server, one is taken for the other.
   */
  readonly counterpartOf?: string
}

export interface TransportTraits {
  /** The software that speaks for the device: `fetch`, `mqtt.js`; `bare` for pre-encoded bytes. */
  readonly client: string
  readonly protocol: Protocol
  readonly flows: readonly Flow[]
  readonly completion: Completion
  /** Runs under TLS. */
  readonly secure: boolean
  /** What has to be installed on the machine, in words; nothing if left out. */
  readonly needs?: string
  /** Network legs that delivery covers; 2: device → broker → subscriber. 1 if left out. */
  readonly legs?: 1 | 2
  /**
   * Who completes a message: the endpoint, once its arrival handler is done; or
   * a broker that does not know of the handler. `endpoint` if left out.
   */
  readonly completedBy?: 'endpoint' | 'broker'
  /** Each message, or a few of them, has a connection of its own, which is most of what it takes. Kept if left out. */
  readonly connections?: 'own'
  /** Each message starts a program, so that a time would be that of starting it: none is taken. */
  readonly startsPrograms?: true
  /** `itself`: a load generator, which nothing else can slow down. `load` if left out. */
  readonly pacedBy?: 'load' | 'itself'
}

/** What `-t` can name besides an id, in the order of lists. */
export const TRANSPORT_GROUPS = [
  'default',
  'http',
  'mqtt',
  'tls',
  'uplink',
  'downlink',
  'controls',
  'all',
] as const
export type TransportGroup = (typeof TRANSPORT_GROUPS)[number]

/** Those that a transport puts itself into; `controls` keeps it out of `uplink` and `downlink`. */
export type DeclaredGroup = Extract<TransportGroup, 'default' | 'controls'>

/** What `-t` can name a transport by, besides its id. */
export function groupsOf(
  { protocol, flows, secure }: TransportTraits,
  declared: readonly DeclaredGroup[] = [],
): TransportGroup[] {
  const isControl = declared.includes('controls')
  const belongs: Record<TransportGroup, boolean> = {
    default: declared.includes('default'),
    http: protocol.startsWith('http/'),
    mqtt: protocol.startsWith('mqtt/'),
    tls: secure,
    uplink: flows.includes('uplink') && !isControl,
    downlink: flows.includes('roundtrip') && !isControl,
    controls: isControl,
    all: true,
  }
  return TRANSPORT_GROUPS.filter((group) => belongs[group])
}

/**
 * Called by the serving side once for each message, as soon as it is decoded
 * and before it is acknowledged. Where a promise comes back, the
 * acknowledgement waits for it: this is where a delay is injected.
 */
export type ArrivalHandler = (payload: Uint8Array, topic?: string) => Promise<void> | undefined

export interface ServeContext {
  readonly scenario: Scenario
  /** The address to bind; loopback unless the user said otherwise. */
  readonly host: string
  readonly onArrival: ArrivalHandler
  readonly signal: AbortSignal
}

export interface ConnectContext {
  readonly scenario: Scenario
  /** Aborts connecting and everything after it. */
  readonly signal: AbortSignal
  /** PEM of the endpoint's certificate, the only one to be trusted; where it speaks TLS. */
  readonly certificate?: string
  /** A TLS session to resume, from `acquireSession`. */
  readonly session?: Buffer
  /**
   * The server itself, where the address is that of a relay before it: whom TLS
   * verifies, and whose session it resumes, which since 22.23 Node offers to
   * nobody but the host that gave it.
   */
  readonly server?: URL
  /** Is told each line of the key log of a TLS socket, so that the tap can read the records that it counts. */
  readonly onTlsSecret?: (line: string) => void
  /**
   * Is told when a connection was opened in place of one that the server had
   * ended, and when a message was sent again because of that.
   */
  readonly onServerEnd?: (consequence: 'renewed' | 'repeated') => void
  /** How a server that is not ours lets a device in. */
  readonly access?: ServerAccess
  /** Is told of each answer that leads elsewhere, and is taken as an answer. */
  readonly onRedirect?: (status: number) => void
  /**
   * Where the TCP connection goes instead of to the address: a relay before it.
   * Everything that names the server, `Host` and SNI among it, names the address.
   */
  readonly via?: URL
}

/** Whom a device trusts, how it is let in, and the scenario, whose TLS profile it offers. */
export interface ServerTrust extends Pick<ConnectContext, 'certificate' | 'access'> {
  readonly scenario: Pick<Scenario, 'tls'> & {
    readonly http?: Pick<Scenario['http'], 'host'> | undefined
  }
}

/** What a device needs to be let in by a server that is not ours. */
export interface ServerAccess {
  /** MQTT 3.1.1 §3.1.3.4, §3.1.3.5. HTTP has its credentials among the headers. */
  readonly mqttCredentials?: { readonly userName?: string; readonly password?: string }
  /** Header fields of a request besides those of the scenario: of a POST, or of a WebSocket's upgrade. */
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsAccess
}

export interface TlsAccess {
  /** `insecure`: whoever answers is believed, because the user said so. */
  readonly verification: 'verified' | 'insecure'
  /** PEM of the only authorities to be trusted; the system's if left out. */
  readonly authorities?: string
  /** PEM of what the device proves itself with. */
  readonly client?: { readonly certificate: string; readonly key: string }
  /** Whom the device asks for and believes (RFC 6066 §3), where that is not the URL's host. */
  readonly serverName?: string
  /** What it asks for in MQTT over TLS (RFC 7301), at a port that has other protocols too. */
  readonly mqttAlpn?: string
}

/** A connection that can listen to what arrives at a server. Disposing closes it. */
export interface ArrivalWatch extends AsyncDisposable {
  /**
   * Resolves when nothing that arrives from now on can be missed.
   * @param topics where it listens; on the scenario's if left out
   */
  listen(topics?: readonly string[]): Promise<void>
  /** Resolves when nothing is told any more; others may be listening to the same. */
  pause(): Promise<void>
  /** Why nothing is told any more; null while it watches. */
  failure(): Error | null
}

/** The serving side. Disposing closes the listener and every connection. */
export interface Endpoint extends AsyncDisposable {
  /** Where `connect` finds it: scheme, host, port, and the path where the protocol has one. */
  readonly address: URL
  /** PEM of the certificate that a client has to trust; where the endpoint speaks TLS. */
  readonly certificate?: string
  /** Why it serves no more, where it can end by itself; null while it does. */
  failure?(): Error | null
}

/** A connected device. Disposing says goodbye as the protocol does, then closes. */
export interface Peer extends AsyncDisposable {
  /** Sends messages: readings of an uplink; in a `roundtrip` the states that the device reports. */
  openProducer(): Promise<Producer>
  /**
   * Receives messages: in a `roundtrip` the commands to the device, in a `fanout`
   * what the publisher sends. Resolves when none can be missed any more.
   */
  openConsumer?(onDelivery: (payload: Uint8Array) => void): Promise<AsyncDisposable>
  /**
   * Asks once for a command, where the device has to ask; resolves when what was
   * waiting was handed over, or nothing was. When to ask is the device's to say.
   */
  poll?(): Promise<void>
  /**
   * One waiting exchange, where the protocol has one: resolves when the ping is
   * answered, the poll came back empty, or the heartbeat is here. Those that the
   * server's clock begins are provoked by `App.endWait`.
   */
  keepAlive?(): Promise<void>
  /** Seconds from one ping to the next that the server asks for in place of the scenario's; 0: none. */
  readonly serverKeepAliveS?: number
}

/** The app's side of a `roundtrip`. */
export interface App extends AsyncDisposable {
  /** Sends a command to the device; resolves when the server has taken it. */
  command(payload: Uint8Array): Promise<void>
  /** Is called with each state that the device reports; set it before the first command. */
  onState: (payload: Uint8Array) => void
  /**
   * Makes the server do now what its clock makes it do while a device waits:
   * answer a held request empty, send a heartbeat. So a waiting exchange can be
   * measured without waiting for it, and without a byte of it being different.
   * Resolves when the device waits again.
   */
  endWait?(): Promise<void>
}

export type Producer = PacedProducer | SelfDrivingProducer

/** Sends one message at a time; the load decides when. */
export interface PacedProducer extends AsyncDisposable {
  readonly kind: 'paced'
  /** `own`: each message has a connection of its own. `kept` if left out. */
  readonly connections?: 'kept' | 'own'
  /** Where a connection of its own is for several messages: how many. One if left out. */
  readonly messagesPerWake?: number
  /** Whether further messages go on this connection at once, before the device sleeps; not if left out. */
  awake?(): boolean
  /** Resolves with what the transport's completion proves; rejects when it cannot come any more. */
  send(payload: Uint8Array): Promise<void>
  /**
   * Resolves when nothing of the messages so far is left to be done: the goodbye
   * of a connection of their own. The load waits for it before the next is due.
   */
  settled?(): Promise<void>
}

/**
 * A client that decides by itself when to send the next message, such as a
 * load generator: one message in flight, each as soon as the last is done.
 */
export interface SelfDrivingProducer extends AsyncDisposable {
  readonly kind: 'self-driving'
  /**
   * Sends the payloads in order, each once.
   * @param now the load's clock, in nanoseconds
   * @param onCompleted called at each completion with the instants of sending and completing
   */
  drive(
    payloads: readonly Uint8Array[],
    now: () => bigint,
    onCompleted: (sentNs: bigint, completedNs: bigint) => void,
  ): Promise<void>
}
