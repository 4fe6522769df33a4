import { type AnnouncementPlace, AnnouncementServer } from '../transports/announcements.ts'
import { ownPorts, type TurnedAway } from '../transports/own-ports/own-ports.ts'
import { EndpointHost } from './host.ts'

export type HostCommand = Exclude<
  {
    [K in keyof EndpointHost]: EndpointHost[K] extends (input: never) => unknown ? K : never
  }[keyof EndpointHost],
  symbol
>

/** One thing asked of one endpoint. */
export interface EndpointRequest<K extends HostCommand = HostCommand> {
  /** Which endpoint, by the name that whoever asks has given it. */
  cell: string
  command: K
  input: Parameters<EndpointHost[K]>[0]
}

export type EndpointAnswer<K extends HostCommand> = Awaited<ReturnType<EndpointHost[K]>>

/**
 * The endpoints of one process, whichever process that is: each an
 * `EndpointHost` under the name of its cell. Idle ones cost nothing, so all of
 * a run can live side by side.
 */
export function endpointCommands() {
  const hosts = new Map<string, EndpointHost>()
  let announcements: AnnouncementServer | null = null
  return {
    async endpoint({ cell, command, input }: EndpointRequest): Promise<unknown> {
      let host = hosts.get(cell)
      if (host === undefined) {
        host = new EndpointHost()
        hosts.set(cell, host)
      }
      const answer = await (host[command] as (input: unknown) => unknown).call(host, input)
      if (command === 'stop') hosts.delete(cell)
      return answer
    },
    /** From now on the endpoints of this process take what is announced there, and nobody else. */
    async guard(): Promise<AnnouncementPlace> {
      if (announcements === null) {
        // Whoever was turned away since stays counted.
        ownPorts.guard('on')
        announcements = await AnnouncementServer.open()
      }
      return announcements.place
    },
    turnedAway: (): readonly TurnedAway[] => ownPorts.turnedAway(),
  }
}

export type EndpointCommands = ReturnType<typeof endpointCommands>
