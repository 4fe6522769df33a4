/** What an interface has counted: frames and their bytes, Ethernet headers included. */
export interface InterfaceCounters {
  received: Traffic
  sent: Traffic
}

export interface Traffic {
  packets: number
  bytes: number
}

/**
 * Reads `/proc/net/dev`: received bytes and packets are the first two columns,
 * sent ones the ninth and tenth.
 * @returns null where there is no such interface
 */
export function parseInterfaceCounters(text: string, name: string): InterfaceCounters | null {
  for (const line of text.split('\n')) {
    const [label, figures] = line.split(':')
    if (label?.trim() !== name || figures === undefined) continue
    const columns = figures.trim().split(/\s+/).map(Number)
    const traffic = (at: number): Traffic => ({
      bytes: columns[at] ?? 0,
      packets: columns[at + 1] ?? 0,
    })
    return { received: traffic(0), sent: traffic(8) }
  }
  return null
}
