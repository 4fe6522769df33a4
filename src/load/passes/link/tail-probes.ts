import { writeFileSync } from 'node:fs'

/**
 * Linux sends the last packet again when it was not acknowledged within about
 * two round trips (RFC 8985 §7). On a link of some microseconds that is long
 * before a delayed acknowledgement, and nothing is lost here: without it.
 * A namespace has this setting of its own.
 */
export function stopTailProbes(): void {
  try {
    writeFileSync('/proc/sys/net/ipv4/tcp_early_retrans', '0')
  } catch {
    // In some containers settings cannot be written; then a probe may be counted now and then.
  }
}
