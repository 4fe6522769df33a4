import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './command.ts'
import type { Conversation } from './dissection.ts'

/** Any two; the second is where the server is. */
const PORTS = { client: 40_000, server: 8080 }

/** tshark gives up on packets above 256 KiB, and a segment holds less than 64 KiB. */
const MAX_SEGMENT_BYTES = 60_000

/**
 * Reads the bytes of one connection with tshark, which shares no code with any
 * dissector here.
 * @param decodeAs its name of the protocol on the connection
 * @param fields by tshark's names
 * @returns for each packet that has the first field: the values of each field in it
 */
export function readWithTshark(
  conversation: Conversation,
  decodeAs: string,
  fields: readonly string[],
): { direction: 'up' | 'down'; values: Record<string, string[]> }[] {
  using folder = temporaryFolder()
  const dump = join(folder.path, 'conversation.txt')
  const capture = join(folder.path, 'conversation.pcap')
  writeFileSync(dump, conversation.flatMap(hexDump).join('\n'))
  const ports = `${PORTS.client},${PORTS.server}`
  // An inbound packet (I) comes from the first port.
  execFileSync('text2pcap', ['-q', '-D', '-F', 'pcap', '-T', ports, dump, capture], QUIET)
  const printed = execFileSync(
    'tshark',
    [
      ...['-r', capture, '-d', `tcp.port==${PORTS.server},${decodeAs}`, '-Y', fields[0] as string],
      ...['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=,'],
      ...['tcp.dstport', ...fields].flatMap((field) => ['-e', field]),
    ],
    QUIET,
  )
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [port, ...columns] = line.split('\t')
      return {
        direction: Number(port) === PORTS.server ? 'up' : 'down',
        values: Object.fromEntries(
          fields.map((field, index) => [
            field,
            (columns[index] ?? '').split(',').filter((value) => value !== ''),
          ]),
        ),
      }
    })
}

const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
}

function hexDump([direction, bytes]: Conversation[number]): string[] {
  const lines: string[] = []
  for (let start = 0; start < bytes.length; start += MAX_SEGMENT_BYTES) {
    const segment = bytes.subarray(start, start + MAX_SEGMENT_BYTES)
    lines.push(direction === 'up' ? 'I' : 'O')
    const pairs = Array.from(segment, (byte) => byte.toString(16).padStart(2, '0'))
    lines.push(`000000 ${pairs.join(' ')}`)
  }
  return lines
}
