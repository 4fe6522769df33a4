import type { Options } from 'yargs'
import type { TargetOptions } from '../../plan/options.ts'

const GROUP = 'Your own servers:'

/** Of servers that are there already; `run`, `check` and `inspect` have them alike. */
export const TARGET_FLAGS = {
  'http-url': {
    describe: 'measure this HTTP server, not the embedded one: http://, https://',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  'mqtt-url': {
    describe: 'measure this broker, not the embedded one: mqtt://, mqtts://, ws://, wss://',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  header: {
    describe:
      'a header of each request, "Name: value" or "Name: env:VARIABLE"; its value is never shown',
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    group: GROUP,
  },
  ca: {
    describe: 'trust only the CAs in this PEM file',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  cert: {
    describe: 'PEM file of the certificate to prove ourselves with',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  key: {
    describe: 'PEM file of the key of --cert',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  insecure: {
    describe: 'do not verify certificates (the report says so)',
    type: 'boolean',
    default: false,
    group: GROUP,
  },
  'follow-redirects': {
    describe: 'measure the place that redirects of --http-url lead to, not the redirect',
    type: 'boolean',
    default: false,
    group: GROUP,
  },
  'server-name': {
    describe: 'the name to ask for and to verify in TLS, where it is not the URL’s host',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  'mqtt-alpn': {
    describe: 'the protocol to ask for in TLS to a broker, such as x-amzn-mqtt-ca at port 443',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  'topic-prefix': {
    describe: 'stands before every topic, such as test/',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  'client-id': {
    describe: 'MQTT client id (default: the scenario’s, or one of our own for this run)',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  arrivals: {
    describe: 'who counts arrivals at your broker (default: an extra subscriber)',
    choices: ['subscriber', 'untold'],
    requiresArg: true,
    group: GROUP,
  },
  'max-rate': {
    describe: 'rate limit for a remote server, messages per second (default: 10)',
    type: 'number',
    requiresArg: true,
    group: GROUP,
  },
  timeout: {
    describe: 'how long the server may take to answer (default: 10s)',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
} as const satisfies Record<keyof TargetOptions, Options>
