/** What may stand as the name of a cell: `mqtt/3.1.1 over websocket` is `mqtt-3-1-1-over-websocket`. */
export const idOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** What a cell of a connection is called, by what it speaks; null where that is not known. */
export function spokenName({
  protocol,
  tls,
}: {
  protocol: string | null
  tls: 'none' | 'opened' | 'closed'
}): string | null {
  if (tls === 'closed') return 'TLS'
  return protocol === null || tls === 'none' ? protocol : `${protocol} over TLS`
}
