/** A TCP socket as `/proc/net/tcp` lists it. */
export interface TcpSocket {
  /** Dotted, without the port. */
  localAddress: string
  remoteAddress: string
  state: TcpState
  /** Sent and not acknowledged, or not sent yet; FIN counts as one. */
  unacknowledgedBytes: number
  /** Received and not read yet. */
  unreadBytes: number
}

/** The kernel's numbers (include/net/tcp_states.h) of the states that matter here. */
const STATES = {
  '06': 'time-wait',
  '07': 'closed',
  '0A': 'listening',
  '01': 'established',
} as const
type TcpState = (typeof STATES)[keyof typeof STATES] | 'other'

/** Reads `/proc/net/tcp`. */
export function parseTcpTable(text: string): TcpSocket[] {
  const sockets: TcpSocket[] = []
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', remote = '', state = '', queues = ''] = line.trim().split(/\s+/)
    if (queues === '') continue
    const [sending = '', receiving = ''] = queues.split(':')
    sockets.push({
      localAddress: addressOf(local),
      remoteAddress: addressOf(remote),
      state: STATES[state as keyof typeof STATES] ?? 'other',
      unacknowledgedBytes: Number.parseInt(sending, 16),
      unreadBytes: Number.parseInt(receiving, 16),
    })
  }
  return sockets
}

/** `010200C0:0050`: the address as a number of the machine's byte order, which is little-endian on all that Node runs on but one. */
function addressOf(text: string): string {
  const bytes = (text.slice(0, 8).match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))
  return bytes.toReversed().join('.')
}
