/** Stands for an instant that never came. */
export const NEVER = -1n

/** The instants of one block of messages, in nanoseconds, one entry a message in the order of sending. */
export interface LoopRecord {
  dueNs: bigint[]
  sentNs: bigint[]
  /** `NEVER` where the message was not done. */
  completedNs: bigint[]
}

/** Is told what becomes of each message, in the order of sending; instants in nanoseconds. */
export interface MessageWatch {
  /** Before a message goes, and before its instants are read. */
  sending(payload: Uint8Array): void
  sent(dueNs: bigint, sentNs: bigint): void
  /** The last message that was sent is done. */
  completed(atNs: bigint): void
}

/**
 * Keeps the instants of every message.
 * @param onProgress called at each message that is done
 */
export const recordInto = (
  record: LoopRecord,
  onProgress: () => void = () => {},
): MessageWatch => ({
  sending() {},
  sent(dueNs, sentNs) {
    record.dueNs.push(dueNs)
    record.sentNs.push(sentNs)
    record.completedNs.push(NEVER)
  },
  completed(atNs) {
    record.completedNs[record.completedNs.length - 1] = atNs
    onProgress()
  },
})

/** Messages that were done. */
export const countCompleted = ({ completedNs }: { completedNs: Iterable<bigint> }): number => {
  let completed = 0
  for (const instant of completedNs) if (instant !== NEVER) completed += 1
  return completed
}
