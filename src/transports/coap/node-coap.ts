type NodeCoap = typeof import('coap')

/**
 * RFC 7252 §4.8 has 2 s, and lets it be changed. Loopback loses nothing, so a
 * message is only ever sent again because the machine was busy, and then its
 * bytes would count: from 10 to 15 s on (ACK_RANDOM_FACTOR) it still is.
 */
const ACK_TIMEOUT_S = 10

let loading: Promise<NodeCoap> | undefined

/**
 * node-coap, without the two sockets that it opens for its global agents when it
 * is loaded: here every client has a socket of its own.
 */
export function loadCoap(): Promise<NodeCoap> {
  loading ??= import('coap').then((coap) => {
    coap.globalAgent.close()
    coap.globalAgentIPv6.close()
    coap.updateTiming({ ackTimeout: ACK_TIMEOUT_S })
    return coap
  })
  return loading
}
