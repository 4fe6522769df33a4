import type { DissectorFactory } from '../../model/frame.ts'
import type { Protocol } from '../../model/words.ts'
import { dissectHttp1 } from './http1.ts'
import { dissectLengthPrefixed } from './length-prefixed.ts'
import { dissectMqtt5 } from './mqtt5.ts'
import { dissectMqtt311 } from './mqtt311.ts'

/** Who reads which protocol; null where there is no wire to read. */
export const DISSECTORS: Readonly<Record<Protocol, DissectorFactory | null>> = {
  'http/1.1': dissectHttp1,
  'mqtt/3.1.1': dissectMqtt311,
  'mqtt/5.0': dissectMqtt5,
  'length-prefixed': dissectLengthPrefixed,
  none: null,
}
