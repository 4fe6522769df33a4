/** What several lanes have done together; the caller reads it also where a lane failed. */
export interface LaneRecord {
  sent: number
  completed: number
  /** Of the last message that completed; null before the first. */
  lastCompletedNs: bigint | null
}

/**
 * Sends messages in so many lanes at once, each with one in flight: the next of
 * a lane goes when its last is done. No further message goes once the time is up.
 * @param lanes each sends one message
 * @param untilNs by the clock of `now`
 * @throws what the first lane to fail rejects with
 */
export async function runLanes(
  lanes: readonly ((payload: Uint8Array) => Promise<void>)[],
  payloads: readonly Uint8Array[],
  now: () => bigint,
  untilNs: bigint,
  record: LaneRecord,
): Promise<void> {
  const run = async (send: (payload: Uint8Array) => Promise<void>): Promise<void> => {
    while (now() < untilNs) {
      const payload = payloads[record.sent]
      if (payload === undefined) return
      record.sent += 1
      await send(payload)
      record.completed += 1
      record.lastCompletedNs = now()
    }
  }
  await Promise.all(lanes.map(run))
}
