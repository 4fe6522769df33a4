import type { WireEvent, WireRecording } from '../../model/wire/recording.ts'
import type { ConnectionTap } from './tcp-relay.ts'

/** Far above any byte pass of the built-in scenarios; beyond it the recording is cut, not the pass. */
const MAX_RECORDED_BYTES = 64 * 1024 * 1024

/** Keeps the bytes of every connection of a pass, each with the instant at which it was tapped. */
export class WireRecorder {
  readonly #nowNs: () => bigint
  readonly #maxBytes: number
  readonly #events: WireEvent[] = []
  readonly #secrets: string[] = []
  #connections = 0
  #keptBytes = 0
  #extent: WireRecording['extent'] = 'whole'

  /** @param nowNs the monotonic clock of the machine */
  constructor(nowNs: () => bigint, maxBytes = MAX_RECORDED_BYTES) {
    this.#nowNs = nowNs
    this.#maxBytes = maxBytes
  }

  /** Stands before the tap of one more connection: records, and tells it the same. */
  record(tap: ConnectionTap): ConnectionTap {
    this.#connections += 1
    const connection = this.#connections
    this.#keep({ kind: 'opened', connection, atNs: this.#nowNs() })
    return {
      bytes: (direction, chunk) => {
        const atNs = this.#nowNs()
        this.#keptBytes += chunk.length
        if (this.#keptBytes > this.#maxBytes) this.#extent = 'cut'
        // A copy: what a socket read may be a window on a buffer that it shares.
        const bytes = new Uint8Array(chunk)
        this.#keep({ kind: 'bytes', connection, direction, atNs, bytes })
        tap.bytes(direction, chunk)
      },
      finished: (direction) => {
        this.#keep({ kind: 'finished', connection, direction, atNs: this.#nowNs() })
        tap.finished?.(direction)
      },
      broken: (fault) => tap.broken?.(fault),
      end: () => {
        this.#keep({ kind: 'ended', connection, atNs: this.#nowNs() })
        tap.end()
      },
    }
  }

  /** One line of the key log of a TLS socket whose connection is recorded. */
  readonly learnSecret = (line: string): void => {
    this.#secrets.push(line.trim())
  }

  get recording(): WireRecording {
    return { events: [...this.#events], secrets: [...this.#secrets], extent: this.#extent }
  }

  #keep(event: WireEvent): void {
    if (this.#extent === 'whole') this.#events.push(event)
  }
}
