/**
 * Whether a protocol is what somebody asked for: `mqtt` is any version of it, and
 * `tls` whatever is in it too.
 * @param name `mqtt/3.1.1 in TLS`, `TLS`
 */
export const speaks = (name: string, asked: string): boolean =>
  name
    .toLowerCase()
    .split(' in ')
    .some((one) => one.startsWith(asked.toLowerCase()))
