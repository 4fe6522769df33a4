/** Called with each message; where a promise comes back, the publisher waits for it. */
export type Subscriber = (payload: Uint8Array) => Promise<void> | undefined

/**
 * A broker without a wire: a map from topic to its subscribers, in this
 * process. What is left of a broker when its protocol is taken away.
 */
export class MemoryBroker {
  readonly #subscribers = new Map<string, Set<Subscriber>>()

  /** @returns the way to unsubscribe */
  subscribe(topic: string, subscriber: Subscriber): () => void {
    let ofTopic = this.#subscribers.get(topic)
    if (ofTopic === undefined) {
      ofTopic = new Set()
      this.#subscribers.set(topic, ofTopic)
    }
    ofTopic.add(subscriber)
    return () => {
      ofTopic.delete(subscriber)
      if (ofTopic.size === 0 && this.#subscribers.get(topic) === ofTopic) {
        this.#subscribers.delete(topic)
      }
    }
  }

  /**
   * Forwards to each subscriber of exactly this topic, before it returns.
   * Resolves, when all of them are done, with how many there were; zero means
   * that nobody has the message.
   */
  async publish(topic: string, payload: Uint8Array): Promise<number> {
    const ofTopic = this.#subscribers.get(topic)
    if (ofTopic === undefined) return 0
    // A subscriber may unsubscribe while it is called.
    const subscribers = [...ofTopic]
    const held: Promise<void>[] = []
    for (const subscriber of subscribers) {
      const pending = subscriber(payload)
      if (pending !== undefined) held.push(pending)
    }
    if (held.length > 0) await Promise.all(held)
    return subscribers.length
  }
}
