import { randomBytes } from 'node:crypto'
import { said } from '../../model/said/said.ts'
import type { CoapClient, ReceivedMessage } from './coap-client.ts'
import { decodeUint, encodeBlock, saysMore } from './option-values.ts'
import type { Resource } from './uri-options.ts'

/** As many as node-coap gives its own requests. */
const TOKEN_BYTES = 8
/** RFC 7641 §3.4: sequence numbers have 24 bits, and half of them are ahead. */
const HALF_THE_SEQUENCE = 2 ** 23

/**
 * A client's interest in a resource (RFC 7641). Notifications are handed over in
 * their order, each once. One larger than a block says so, and the rest is
 * fetched with requests that do not observe (RFC 7959 §2.6); node-coap would
 * register anew with each, so confirmable notifications are read here.
 */
export class Observation {
  readonly #client: CoapClient
  readonly #resource: Resource
  readonly #onState: (state: Buffer) => void
  readonly #token = randomBytes(TOKEN_BYTES)
  /** Of the newest notification. */
  #sequence = 0
  /** The end of what is being fetched; null where nothing is. */
  #fetching: Promise<void> | null = null

  constructor(client: CoapClient, resource: Resource, onState: (state: Buffer) => void) {
    this.#client = client
    this.#resource = resource
    this.#onState = onState
  }

  /**
   * GET with Observe 0: registers, and later says again that it is interested.
   * @throws InstrumentError `connection`, also where the server does not register it
   */
  async register(): Promise<void> {
    const registered = await this.#get(0)
    const { Observe: sequence } = registered.headers
    if (registered.code !== '2.05' || typeof sequence !== 'number') {
      throw this.#client.unexpected(said('coapObserve', { path: this.#name }), registered.code)
    }
    if (this.#isNewer(sequence)) this.#sequence = sequence
    this.#client.observe(this.#token, (notification) => this.#receive(notification))
  }

  /** GET with Observe 1 (RFC 7641 §3.6). */
  async deregister(): Promise<void> {
    await this.#get(1)
    this.#client.stopObserving(this.#token)
  }

  get #name(): string {
    return `/${this.#resource.path.join('/')}`
  }

  #get(observe: 0 | 1) {
    return this.#client.request({
      method: 'GET',
      resource: this.#resource,
      reliability: 'confirmable',
      token: this.#token,
      observe,
    })
  }

  /** A notification that was sent again is acknowledged again, and is not newer. */
  #isNewer(sequence: number): boolean {
    const ahead = sequence - this.#sequence
    return (ahead > 0 && ahead < HALF_THE_SEQUENCE) || ahead < -HALF_THE_SEQUENCE
  }

  #receive({ options, payload }: ReceivedMessage): void {
    const optionOf = (wanted: string) => options.find(({ name }) => name === wanted)?.value
    const sequence = optionOf('Observe')
    if (sequence === undefined || !this.#isNewer(decodeUint(sequence))) return
    this.#sequence = decodeUint(sequence)
    const block = optionOf('Block2')
    const isWhole = block === undefined || !saysMore(block)
    if (isWhole && this.#fetching === null) {
      this.#onState(payload)
      return
    }
    const fetching: Promise<void> = (this.#fetching ?? Promise.resolve())
      .then(async () => {
        const rest = isWhole ? null : await this.#fetchRest()
        this.#onState(rest === null ? payload : Buffer.concat([payload, rest]))
      })
      // A connection that is lost is everybody's news, and no notification.
      .catch(() => {})
      .then(() => {
        if (this.#fetching === fetching) this.#fetching = null
      })
    this.#fetching = fetching
  }

  /** From the second block on; node-coap asks for one after the other. */
  async #fetchRest(): Promise<Buffer> {
    const { code, payload } = await this.#client.request({
      method: 'GET',
      resource: this.#resource,
      reliability: 'confirmable',
      options: { Block2: encodeBlock(1, 'none') },
    })
    if (code !== '2.05') {
      const error = this.#client.unexpected(said('coapSecondBlock', { path: this.#name }), code)
      this.#client.lifeline.cut(error)
      throw error
    }
    return payload
  }
}
