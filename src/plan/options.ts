import type { LinkBytes, Role } from '../model/vocabulary.ts'
import type { Broker } from '../transports/mqtt/brokers.ts'
import type { LoadPlan } from './load-plan.ts'

/*
 * What a plan is made of: words and numbers that nobody has checked. Each has
 * the name of the flag that gives it, since that is the name by which an error
 * has to tell what is wrong with it.
 */

/** Servers that are there already, and how to treat them. */
export interface TargetOptions {
  readonly 'http-url'?: string | undefined
  readonly 'mqtt-url'?: string | undefined
  readonly header?: readonly string[] | undefined
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly insecure?: boolean | undefined
  readonly 'server-name'?: string | undefined
  readonly 'mqtt-alpn'?: string | undefined
  readonly 'follow-redirects'?: boolean | undefined
  readonly 'topic-prefix'?: string | undefined
  readonly 'client-id'?: string | undefined
  readonly arrivals?: 'subscriber' | 'untold' | undefined
  readonly 'max-rate'?: number | undefined
  readonly timeout?: string | undefined
}

/** What means nothing without a URL. */
export const TARGET_OPTIONS = [
  'header',
  'ca',
  'cert',
  'key',
  'insecure',
  'server-name',
  'mqtt-alpn',
  'follow-redirects',
  'topic-prefix',
  'client-id',
  'arrivals',
  'max-rate',
  'timeout',
] as const satisfies readonly (keyof TargetOptions)[]

/** Of a run under load. */
export interface LoadOptions {
  readonly rate?: string | undefined
  readonly sweep?: string | undefined
  readonly connections?: number | undefined
  readonly 'in-flight'?: number | undefined
  readonly workers?: number | undefined
  readonly duration?: string | undefined
  readonly messages?: number | undefined
  readonly 'connect-rate'?: number | undefined
  readonly clients?: LoadPlan['clients'] | undefined
  /** Which of several generators this is, such as 2/3. */
  readonly part?: string | undefined
  /** An instant with its time zone. */
  readonly 'start-at'?: string | undefined
  /** What this part does of a load whose two ends are apart. */
  readonly role?: Role | undefined
  /** Hosts, and the messages a second that they may get though they are elsewhere: `host=rate` each. */
  readonly 'own-target'?: readonly string[] | undefined
  /** Half of each time. */
  readonly quick?: boolean | undefined
}

/** Of a run; what is left out is as it usually is. */
export interface RunOptions extends TargetOptions, LoadOptions {
  /** Names, paths, or `all`. */
  readonly scenario: readonly string[]
  /** Ids or groups, separated by commas; what each scenario names if left out. */
  readonly transports?: string | undefined
  /** Bytes, latency, throughput, separated by commas. */
  readonly measure?: string | undefined
  readonly rounds?: number | undefined
  readonly 'per-round'?: number | undefined
  /** Of the byte pass; and of the latency pass, at a server that is not on this machine. */
  readonly messages?: number | undefined
  readonly 'header-set'?: string | undefined
  readonly 'answer-set'?: string | undefined
  readonly broker?: Broker | undefined
  /** Names of TLS profiles, separated by commas. */
  readonly tls?: string | undefined
  readonly 'poll-interval'?: string | undefined
  readonly 'hold-time'?: string | undefined
  /** Messages of a connection, on transports of devices that wake up. */
  readonly 'per-wake'?: number | undefined
  readonly link?: string | undefined
  readonly loss?: string | undefined
  /** Keep the instants of every measured message. */
  readonly raw?: boolean | undefined
  /** The file that a capture goes to; the plan only says that there is one. */
  readonly pcap?: string | undefined
  /** Modelled if left out; the command `run` measures them where it can. */
  readonly 'link-bytes'?: LinkBytes | 'where-possible' | undefined
  readonly inject?: readonly string[] | undefined
}

/** Of two deployments of a server that are held against each other. */
export interface DeploymentOptions extends TargetOptions {
  readonly 'reference-http-url'?: string | undefined
  readonly 'reference-mqtt-url'?: string | undefined
  /** Of each arm in a fork. */
  readonly messages?: number | undefined
}

/** Of a tap. */
export interface TapOptions {
  readonly listen: string
  readonly to: string
  readonly pcap?: string | undefined
  readonly 'pcap-limit'?: number | undefined
  readonly for?: string | undefined
  readonly connections?: number | undefined
  readonly host?: string | undefined
  readonly protocol?: string | undefined
  readonly metrics?: string | undefined
  readonly topics?: readonly string[] | undefined
  readonly baseline?: string | undefined
  readonly name?: string | undefined
  readonly rotate?: string | undefined
  readonly keep?: string | undefined
}

/** Of many options, those that speak of servers that are there already. */
export function targetOptions(options: TargetOptions): TargetOptions {
  const names = ['http-url', 'mqtt-url', ...TARGET_OPTIONS] as const
  return Object.fromEntries(names.map((name) => [name, options[name]]))
}

/** Whether an option was given, by its value: those that may repeat, and switches, have defaults. */
export const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
