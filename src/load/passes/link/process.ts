import { writeFileSync } from 'node:fs'
import { EndpointHost, type ServeRequest } from '../../../endpoint/host.ts'
import { answerRequests } from '../../../system/worker-channel.ts'
import { runLinkPass } from './link-pass.ts'

/**
 * Linux sends the last packet again when it was not acknowledged within about
 * two round trips (RFC 8985 §7). On a link of some microseconds that is long
 * before a delayed acknowledgement, and nothing is lost here: without it.
 * A namespace has this setting of its own.
 */
function stopTailProbes(): void {
  try {
    writeFileSync('/proc/sys/net/ipv4/tcp_early_retrans', '0')
  } catch {
    // In some containers settings cannot be written; then a probe may be counted now and then.
  }
}

/** The endpoints of this process, by the link that they serve. */
const hosts = new Map<number, EndpointHost>()

/** What a process in a network namespace does: devices in one, endpoints in the other, for several links at once. */
const commands = {
  async serve({ link, ...request }: ServeRequest & { link: number }) {
    const host = hosts.get(link) ?? new EndpointHost()
    hosts.set(link, host)
    return host.serve(request)
  },
  stop: async ({ link }: { link: number }) => hosts.get(link)?.stop(),
  linkPass: runLinkPass,
}

export type LinkCommands = typeof commands

stopTailProbes()
answerRequests(commands)
