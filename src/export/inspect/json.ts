import type { InspectedCell, Inspection } from '../../model/report/tap/inspection.ts'
import type { Exchange, ExchangeFrame } from '../../model/wire/exchange.ts'
import { jsonText } from '../document/json-text.ts'
import { hasExchange, ledgerOf } from './cell-ledger.ts'
import { describeDifference } from './difference.ts'
import { partsOf } from './part-bytes.ts'

/** For a script: nothing is cut, and bytes are hexadecimal without spaces; null where they are withheld. */
export function renderInspectionJson(inspection: Inspection): string {
  const { scenario, title, messages, cells } = inspection
  return jsonText({
    scenario,
    title,
    messages,
    transports: cells.map(describeCell),
    difference: describeDifference(inspection),
  })
}

function describeCell(cell: InspectedCell) {
  const { transport, client, protocol, secure, completion, problem } = cell
  return {
    ...{ transport, client, protocol, secure, completion, problem },
    exchange: hasExchange(cell) ? describeExchange(cell.exchange) : null,
  }
}

function describeExchange(exchange: Exchange) {
  const { connections, totals, frames, gaps } = exchange
  return {
    connections,
    totals,
    ledger: ledgerOf(exchange),
    frames: frames.map(describeFrame),
    gaps,
  }
}

function describeFrame(frame: ExchangeFrame) {
  const { connection, direction, phase, label, clause, offset, lengthBytes } = frame
  return {
    ...{ connection, direction, phase, label, clause, offset, lengthBytes },
    parts: partsOf(frame).map(({ part, bytes }) => ({
      ...part,
      hex: bytes === null ? null : Buffer.from(bytes).toString('hex'),
    })),
  }
}
