/**
 * One Ethernet link between the two namespaces of a pair, a veth: what leaves
 * one end arrives at the other, so each end's counters have a direction.
 */
export interface NamespaceLink {
  /** Counted from 0. */
  index: number
  deviceInterface: string
  endpointInterface: string
  deviceAddress: string
  /** As long as `127.0.0.1`, so that a Host header has the width that it has on loopback. */
  endpointAddress: string
}

/** Above it the addresses would be a digit longer. */
export const MAX_LINKS = 5

const MTU = 1500
/** Both ends have it: without ARP a packet is addressed to the sender's own, and must be the receiver's too. */
const ETHERNET_ADDRESS = '02:00:00:00:00:01'

/** Addresses from TEST-NET-1 (RFC 5737), two a link (RFC 3021). */
export function namespaceLink(index: number): NamespaceLink {
  return {
    index,
    deviceInterface: `device${index}`,
    endpointInterface: `endpoint${index}`,
    deviceAddress: `192.0.2.${2 * index}`,
    endpointAddress: `192.0.2.${2 * index + 1}`,
  }
}

type IpVersions = 'ipv4' | 'ipv4-and-ipv6'

/**
 * What `ip -batch` makes of a link, in the device's namespace.
 *
 * `gso_max_segs 1`: the kernel hands over no segment larger than the MSS, as if
 * the interface could not cut; a packet is what a wire would carry.
 * @param endpointPid a process in the other namespace, where the far end goes
 */
export function createShaperCommands(
  link: NamespaceLink,
  endpointPid: number,
  versions: IpVersions,
): string[] {
  const { deviceInterface, endpointInterface, deviceAddress } = link
  const interfaceTraits = `address ${ETHERNET_ADDRESS} mtu ${MTU} gso_max_segs 1 arp off`
  return [
    `link add name ${deviceInterface} ${interfaceTraits} type veth peer name ${endpointInterface} ${interfaceTraits} netns ${endpointPid}`,
    ...raiseCommands(deviceInterface, deviceAddress, versions),
  ]
}

/** The same link's far end, in the endpoint's namespace. */
export const raiseEndpointCommands = (link: NamespaceLink, versions: IpVersions): string[] =>
  raiseCommands(link.endpointInterface, link.endpointAddress, versions)

function raiseCommands(name: string, address: string, versions: IpVersions): string[] {
  return [
    // Without an address of its own IPv6 looks for no router: nothing foreign is counted.
    ...(versions === 'ipv4-and-ipv6' ? [`link set dev ${name} addrgenmode none`] : []),
    `address add ${address}/31 dev ${name}`,
    `link set dev ${name} up`,
  ]
}
