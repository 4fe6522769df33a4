import { parentPort } from 'node:worker_threads'
import { type AccountBatch, BatchReader } from './account-batches.ts'

// The thread that reads what the connections of a large capture say, while the
// other takes the next packets apart.

const port = parentPort
if (port !== null) {
  const reader = new BatchReader()
  port.on('message', (batch: AccountBatch) => port.postMessage(reader.read(batch)))
}
