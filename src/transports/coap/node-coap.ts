let loading: Promise<typeof import('coap')> | undefined

/**
 * node-coap, without the two sockets that it opens for its global agents when it
 * is loaded: here every client has a socket of its own.
 */
export function loadCoap(): Promise<typeof import('coap')> {
  loading ??= import('coap').then((coap) => {
    coap.globalAgent.close()
    coap.globalAgentIPv6.close()
    return coap
  })
  return loading
}
