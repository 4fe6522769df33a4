/** Runs the goodbye once; every further call waits for the same one. */
export function disposeOnce(goodbye: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= goodbye()
    return done
  }
}

/** The same for a serving side, which an aborted signal closes too. */
export function disposeOnAbort(
  signal: AbortSignal,
  goodbye: () => Promise<void>,
): () => Promise<void> {
  const dispose = disposeOnce(() => {
    signal.removeEventListener('abort', abort)
    return goodbye()
  })
  // Whoever disposes hears of a failure; an abort has nobody to tell.
  const abort = (): void => {
    dispose().catch(() => {})
  }
  signal.addEventListener('abort', abort, { once: true })
  return dispose
}

/** For a producer that holds nothing of its own: its peer's goodbye is enough. */
export const nothingToDispose = (): Promise<void> => Promise.resolve()
