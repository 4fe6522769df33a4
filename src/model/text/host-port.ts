/** A host, without the brackets of IPv6, and a port of TCP. */
export interface HostPort {
  host: string
  port: number
}

/**
 * `broker:1883`, `192.0.2.1:1883`, `[2001:db8::1]:1883`.
 * @returns null where the text is none of them: IPv6 needs its brackets (RFC 3986 §3.2.2)
 */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/@?#]+)):(\d{1,5})$/.exec(text)
  if (match === null) return null
  const port = Number(match[3])
  return port > 65_535 ? null : { host: match[1] ?? (match[2] as string), port }
}

/** As `parseHostPort` reads it: IPv6 in brackets. */
export const formatHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** A port alone; null where it is none. */
export function parsePort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return null
  const port = Number(text)
  return port > 65_535 ? null : port
}

/** Whether a host is this machine's own, whatever the network is. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
