import { constants, setPriority } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { type ReaderMessage, type ReaderStart, RecordReader } from './record-reader.ts'

// The thread that reads what crosses a tap: it may take its time, and fail, without
// holding up a byte.

const port = parentPort
if (port !== null) {
  // On Linux a thread has a priority of its own: where both want the CPU, what is passed on goes
  // first. Any lower, and nothing is read at all where others keep the CPUs busy.
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const say = (message: ReaderMessage): void =>
    port.postMessage(message, message.kind === 'read' ? [message.memory] : [])
  const reader = new RecordReader(workerData as ReaderStart, say, () => {
    // What was said stands outside of the heap.
    const { used_heap_size: heap, external_memory: outside } = getHeapStatistics()
    return heap + outside
  })
  port.on('message', ({ memory, length }: { memory: ArrayBuffer; length: number }) =>
    reader.read(memory, length),
  )
  say({ kind: 'ready' })
}
