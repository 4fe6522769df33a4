import type { Wording } from '../model/text/wording.ts'
import type { Library } from '../model/wire/library.ts'
import type { Transport, TransportGroup, TransportTraits } from './transport.ts'

/** What is known of a transport before its file is loaded. */
export interface RegistryEntry {
  readonly id: string
  readonly title: Wording
  readonly traits: TransportTraits
  /** What `-t` can name besides the id. */
  readonly groups: readonly TransportGroup[]
  readonly libraries: readonly Library[]
  /** See `Listing.counterpartOf`. */
  readonly counterpartOf?: string
  /** Imports its file, and no other's. */
  readonly load: () => Promise<Transport>
}
