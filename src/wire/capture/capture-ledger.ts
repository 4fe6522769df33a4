import { Remarks } from '../../model/report/remarks.ts'
import type { CapturedConnection, CaptureLedger } from '../../model/report/tap/captured.ts'
import type { DissectorSink } from '../../model/wire/frame.ts'
import type { FrameListener } from '../detection/detected-connection.ts'
import { KeptSessions } from '../detection/kept-sessions.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { Connections } from './connections.ts'
import type { CaptureReader } from './files/capture.ts'
import { openCapture } from './files/read-capture.ts'
import { sumConnections } from './sum-connections.ts'

/** The ledger of every connection in a capture, while its file is read. */
export class CaptureAccount {
  readonly #name: string
  readonly #reader: CaptureReader
  readonly #connections: Connections
  readonly #remarks: Remarks
  #packets = 0
  /** Where one was given besides the file. */
  #keyLog: TlsSecrets | null = null

  /**
   * @param head the first bytes of the file, which are then added as the others are
   * @param name how the file is called
   * @param keyLog lines of a TLS key log (RFC 9850), besides those in the file
   * @param onFrame is told every frame of every connection; nobody if left out
   * @param onHead is told the lines of each head of HTTP/1.1; nobody if left out
   * @returns null where it is no capture file
   */
  static open(
    head: Uint8Array,
    name: string,
    keyLog: readonly string[],
    onFrame?: FrameListener,
    onHead?: DissectorSink['head'],
  ): CaptureAccount | null {
    const secrets = new TlsSecrets()
    for (const line of keyLog) secrets.learn(line)
    const remarks = new Remarks()
    const reader = openCapture(head, { remarks, secret: (line) => secrets.learn(line) })
    const context = { secrets, memory: new KeptSessions(), onFrame, onHead }
    const account =
      reader && new CaptureAccount(name, reader, new Connections(context, remarks), remarks)
    if (account !== null && keyLog.some((line) => line !== '')) account.#keyLog = secrets
    return account
  }

  private constructor(
    name: string,
    reader: CaptureReader,
    connections: Connections,
    remarks: Remarks,
  ) {
    this.#name = name
    this.#reader = reader
    this.#remarks = remarks
    this.#connections = connections
  }

  /** @param bytes of the file, the next ones; they must not be changed afterwards */
  add(bytes: Uint8Array): void {
    for (const packet of this.#reader.read(bytes)) {
      this.#packets += 1
      this.#connections.add(packet)
    }
  }

  /** Something about the file itself. */
  remark(text: string): void {
    this.#remarks.add(text)
  }

  /**
   * The file has ended.
   * @param isWanted which connections are; the others are only counted
   */
  end(isWanted: (connection: CapturedConnection) => boolean = () => true): CaptureLedger {
    this.#reader.end()
    const all = this.#connections.end()
    if (this.#keyLog?.size === 0)
      this.#remarks.add('the key log has no line that is a secret (RFC 9850)')
    else if (this.#keyLog?.wasFound === false) this.#remarks.add(FITS_NOTHING)
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
