import type { Scenario } from '../../../model/scenario/scenario.ts'
import { type Channels, deviceChannels } from '../../channels.ts'

/** The device's channels at a server. Joined as text: resolved as a reference, `//a` would be a host. */
export function deviceUrls(address: URL, scenario: Scenario): { sends: URL; receives: URL } {
  const at = ({ path }: Channels['sends']): URL => new URL(address.origin + path)
  const { sends, receives } = deviceChannels(scenario)
  return { sends: at(sends), receives: at(receives) }
}
