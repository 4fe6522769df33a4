import type { Options } from 'yargs'
import type { TargetOptions } from '../../plan/options.ts'
import { inGroup, number, off, oneOf, text } from './kinds.ts'

/** Of servers that are there already; `run`, `check` and `inspect` have them alike. */
export const TARGET_FLAGS = inGroup('Your own servers:', {
  'http-url': text('measure this HTTP server, not the embedded one: http://, https://'),
  'mqtt-url': text('measure this broker, not the embedded one: mqtt://, mqtts://, ws://, wss://'),
  header: {
    describe:
      'a header of each request, "Name: value" or "Name: env:VARIABLE"; its value is never shown',
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
  },
  ca: text('trust only the CAs in this PEM file'),
  cert: text('PEM file of the certificate to prove ourselves with'),
  key: text('PEM file of the key of --cert'),
  insecure: off('do not verify certificates (the report says so)'),
  'follow-redirects': off(
    'measure the place that redirects of --http-url lead to, not the redirect',
  ),
  'server-name': text('the name to ask for and to verify in TLS, where it is not the URL’s host'),
  'mqtt-alpn': text(
    'the protocol to ask for in TLS to a broker, such as x-amzn-mqtt-ca at port 443',
  ),
  'topic-prefix': text('stands before every topic, such as test/'),
  'client-id': text('MQTT client id (default: the scenario’s, or one of our own for this run)'),
  arrivals: oneOf('who counts arrivals at your broker (default: an extra subscriber)', [
    'subscriber',
    'untold',
  ]),
  'max-rate': number('rate limit for a remote server, messages per second (default: 10)'),
  timeout: text('how long the server may take to answer (default: 10s)'),
}) satisfies Record<keyof TargetOptions, Options>
