import type { DissectorFactory } from '../../model/wire/frame.ts'
import { DISSECTORS } from '../dissectors/index.ts'
import { dissectMqtt31, dissectMqtt311 } from '../dissectors/mqtt/mqtt311.ts'

/** Who reads what: the protocols of a run, and what only other people's traffic has. */
const READERS: Readonly<Record<string, DissectorFactory | null>> = {
  ...DISSECTORS,
  'mqtt/3.1': dissectMqtt31,
  // A connection that began earlier, where nothing said which version it is.
  mqtt: dissectMqtt311,
}

/** Null where it cannot be read. */
export const readerOf = (name: string): DissectorFactory | null =>
  Object.hasOwn(READERS, name) ? (READERS[name] ?? null) : null
