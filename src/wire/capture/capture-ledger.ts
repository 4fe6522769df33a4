import { Remarks } from '../../model/report/remarks.ts'
import type { CapturedConnection, CaptureLedger } from '../../model/report/tap/captured.ts'
import type { WirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import type { FrameListener } from '../detection/detected-connection.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { AccountsHere, type ConnectionAccounts } from './accounts/connection-accounts.ts'
import { Connections } from './connections.ts'
import type { CaptureReader } from './files/capture.ts'
import { openCapture } from './files/read-capture.ts'
import { sumConnections } from './sum-connections.ts'

/** The ledger of every connection in a capture, while its file is read. */
export class CaptureAccount {
  readonly #name: string
  readonly #reader: CaptureReader
  readonly #accounts: ConnectionAccounts
  readonly #connections: Connections
  readonly #remarks: Remarks
  #packets = 0
  #isOver = false
  /** Of the secrets that were given besides the file; null where none were. */
  readonly #keyLog: TlsSecrets | null

  /**
   * @param head the first bytes of the file, which are then added as the others are
   * @param name how the file is called
   * @param keyLog lines of a TLS key log (RFC 9850), besides those in the file
   * @param onFrame is told every frame that is read here, as those of datagrams are; nobody if left out
   * @param accounts who reads what connections say; here, if left out
   * @returns null where it is no capture file
   */
  static open(
    head: Uint8Array,
    name: string,
    keyLog: readonly string[],
    {
      onFrame,
      accounts = new AccountsHere({ onFrame }),
    }: { accounts?: ConnectionAccounts; onFrame?: FrameListener | undefined } = {},
  ): CaptureAccount | null {
    for (const line of keyLog) accounts.learn(line)
    const remarks = new Remarks()
    const reader = openCapture(head, { remarks, secret: (line) => accounts.learn(line) })
    if (reader === null) return null
    const connections = new Connections(accounts, remarks, onFrame)
    return new CaptureAccount(name, keyLog, reader, accounts, connections, remarks)
  }

  private constructor(
    name: string,
    keyLog: readonly string[],
    reader: CaptureReader,
    accounts: ConnectionAccounts,
    connections: Connections,
    remarks: Remarks,
  ) {
    this.#name = name
    this.#reader = reader
    this.#accounts = accounts
    this.#connections = connections
    this.#remarks = remarks
    this.#keyLog = keyLog.some((line) => line !== '') ? new TlsSecrets() : null
    for (const line of keyLog) this.#keyLog?.learn(line)
  }

  /** @param bytes of the file, the next ones; they must not be changed afterwards */
  add(bytes: Uint8Array): void {
    for (const packet of this.#reader.read(bytes)) {
      this.#packets += 1
      this.#connections.add(packet)
    }
  }

  /** Something about the file itself. */
  remark(text: WirePhrase): void {
    this.#remarks.add(text)
  }

  /** The file has ended, and all of it is read; not needed where it is read here. */
  async finish(): Promise<void> {
    this.#close()
    await this.#accounts.settled()
  }

  /**
   * The file has ended.
   * @param isWanted which connections are; the others are only counted
   */
  end(isWanted: (connection: CapturedConnection) => boolean = () => true): CaptureLedger {
    this.#close()
    const all = this.#connections.describe()
    if (this.#keyLog?.size === 0)
      this.#remarks.add('the key log has no line that is a secret (RFC 9850)')
    else if (this.#keyLog !== null && !this.#accounts.hasFoundSecret) {
      this.#remarks.add(FITS_NOTHING)
    }
    const connections = all.filter(isWanted)
    const others = all.length - connections.length
    if (others > 0) this.#remarks.add('a connection is none of those that were asked for', others)
    return {
      file: this.#name,
      format: this.#reader.format,
      packets: this.#packets,
      protocols: sumConnections(connections),
      connections,
      remarks: this.#remarks.list(),
    }
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#reader.end()
    this.#connections.end()
  }
}

const FITS_NOTHING =
  'the key log fits no connection: none of its secrets is of a ClientHello that is in the capture'

/** The same of a file that is in memory; null where it is no capture file. */
export function readCaptureLedger(
  file: Uint8Array,
  name: string,
  keyLog: readonly string[],
): CaptureLedger | null {
  const account = CaptureAccount.open(file, name, keyLog)
  account?.add(file)
  return account?.end() ?? null
}
