import type { TopicNumber } from './driver-request.ts'

/** Whose turn it is among payloads that are sent over and over. */
export class Turn {
  #next = 0

  /**
   * @param count of messages that follow each other
   * @returns the index of the first of them; it never begins again
   */
  take(count: number): number {
    const first = this.#next
    this.#next += count
    return first
  }
}

/** One for all connections together, or where each has a topic of its own one for each, kept when it is opened again. */
export function turnsOf(topicNumber: TopicNumber | undefined): (index: number) => Turn {
  if (topicNumber === undefined) {
    const turn = new Turn()
    return () => turn
  }
  const turns = new Map<number, Turn>()
  return (index) => {
    const turn = turns.get(index) ?? new Turn()
    turns.set(index, turn)
    return turn
  }
}
