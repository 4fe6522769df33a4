import { MalformedBytes } from '../parsing/byte-parser.ts'

/** Reason Codes by their meaning (MQTT 5.0 §2.4); what 0 means depends on the packet. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'granted QoS 1',
  2: 'granted QoS 2',
  4: 'disconnect with will message',
  16: 'no matching subscribers',
  17: 'no subscription existed',
  24: 'continue authentication',
  25: 're-authenticate',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive timeout',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'QoS not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
}

/** Codes from here on say that it failed. */
export const FIRST_FAILURE = 128

/** For what is told of it beside the frame. */
export const reasonText = (code: number): string =>
  `${code} ${code === 0 ? 'success' : (REASONS[code] ?? 'not defined')}`

/** @throws MalformedBytes where the code has no meaning */
export function describeReason(code: number): string {
  const meaning = code === 0 ? 'success' : REASONS[code]
  if (meaning === undefined) {
    throw new MalformedBytes(`Reason Code ${code} is not defined (MQTT 5.0 §2.4)`)
  }
  return `${code} ${meaning}`
}
