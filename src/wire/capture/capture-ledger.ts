import type { CaptureLedger } from '../../model/report/captured.ts'
import { Remarks } from '../../model/report/remarks.ts'
import { KeptSessions } from '../detection/kept-sessions.ts'
import { TlsSecrets } from '../dissectors/tls/tls-secrets.ts'
import { accountFor } from './connection-account.ts'
import { findConnections } from './conversations/tcp-connections.ts'
import { readCapture } from './files/read-capture.ts'

/**
 * The ledger of every TCP connection in a capture file.
 * @param file its bytes
 * @param name how it is called
 * @param keyLog lines of a TLS key log (RFC 9850), besides those in the file
 * @returns null where it is no capture file
 */
export function readCaptureLedger(
  file: Uint8Array,
  name: string,
  keyLog: readonly string[],
): CaptureLedger | null {
  const capture = readCapture(file)
  if (capture === null) return null
  const secrets = new TlsSecrets()
  for (const line of [...capture.secrets, ...keyLog]) secrets.learn(line)
  const memory = new KeptSessions()
  const remarks = new Remarks()
  for (const { text, count } of capture.remarks) remarks.add(text, count)
  const connections = findConnections(capture.packets, remarks).map((conversation, index) =>
    accountFor(conversation, index + 1, { secrets, memory }),
  )
  return {
    file: name,
    format: capture.format,
    packets: capture.packets.length,
    connections,
    remarks: remarks.list(),
  }
}
