import type { Argv } from 'yargs'

/** What a run is told of servers that are there already. */
export interface TargetArguments {
  'http-url'?: string | undefined
  'mqtt-url'?: string | undefined
  header?: string[] | undefined
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
  insecure?: boolean
  'topic-prefix'?: string | undefined
  'client-id'?: string | undefined
  arrivals?: 'subscriber' | 'untold' | undefined
  'max-rate'?: number | undefined
  timeout?: string | undefined
}

/** The flags that mean nothing without a URL; `run` and `inspect` have them alike. */
export const TARGET_FLAGS = [
  'header',
  'ca',
  'cert',
  'key',
  'insecure',
  'topic-prefix',
  'client-id',
  'arrivals',
  'max-rate',
  'timeout',
] as const satisfies readonly (keyof TargetArguments)[]

const GROUP = 'A server that is already there:'

export function addTargetFlags<T>(yargs: Argv<T>): Argv<T & TargetArguments> {
  return yargs
    .option('http-url', {
      describe: 'measure this HTTP server, not the embedded one: http://, https://',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('mqtt-url', {
      describe: 'measure this broker, not the embedded one: mqtt://, mqtts://, ws://, wss://',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('header', {
      describe:
        'a header of each request, "Name: value" or "Name: env:VARIABLE"; its value is never shown',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      group: GROUP,
    })
    .option('ca', {
      describe: 'PEM file of the only authorities to trust',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('cert', {
      describe: 'PEM file of the certificate to prove ourselves with',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('key', {
      describe: 'PEM file of the key of --cert',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('insecure', {
      describe: 'do not verify certificates; stands in the report',
      type: 'boolean',
      default: false,
      group: GROUP,
    })
    .option('topic-prefix', {
      describe: 'stands before every topic, such as test/',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('client-id', {
      describe: 'MQTT client id (default: the scenario’s, or one of our own for this run)',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    })
    .option('arrivals', {
      describe: 'who tells what arrived at a broker (default: a subscriber of ours)',
      choices: ['subscriber', 'untold'] as const,
      requiresArg: true,
      group: GROUP,
    })
    .option('max-rate', {
      describe: 'most messages a second, of a server elsewhere (default: 10)',
      type: 'number',
      requiresArg: true,
      group: GROUP,
    })
    .option('timeout', {
      describe: 'how long the server may take to answer (default: 10s)',
      type: 'string',
      requiresArg: true,
      group: GROUP,
    }) as unknown as Argv<T & TargetArguments>
}

/** Of a command line, what speaks of servers that are there already. */
export function targetArguments(argv: TargetArguments): TargetArguments {
  const flags = ['http-url', 'mqtt-url', ...TARGET_FLAGS] as const
  return Object.fromEntries(flags.map((flag) => [flag, argv[flag]]))
}

/** Whether a flag stands on the command line, by its value: those that may repeat, and switches, have defaults. */
export const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
