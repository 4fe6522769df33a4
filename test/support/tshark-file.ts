import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Checksums are not looked at unless it is told to: those of loopback are filled
 * in by nobody, and what has a wrong one is not put together.
 */
const CHECKED = ['ip', 'tcp', 'udp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`])
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024

async function runTshark(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('tshark', [...args], {
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  return stdout
}

/**
 * Fields of every packet of a capture file as tshark reads them, by name; a list
 * where a packet has several.
 * @param decodeAs `tcp.port==1234,mqtt`, for ports that are not the registered ones
 */
export async function readFields<Name extends string>(
  file: string,
  names: readonly Name[],
  decodeAs: readonly string[] = [],
): Promise<Record<Name, string[]>[]> {
  const stdout = await runTshark([
    ...['-r', file, '-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=|'],
    ...decodeAs.flatMap((rule) => ['-d', rule]),
    ...names.flatMap((name) => ['-e', name]),
  ])
  const lines = stdout.split('\n').slice(0, -1)
  return lines.map((line) => {
    const values = line.split('\t')
    const fields = names.map((name, index) => [name, values[index]?.split('|') ?? []] as const)
    return Object.fromEntries(
      fields.map(([name, list]) => [name, list.filter((value) => value !== '')]),
    ) as Record<Name, string[]>
  })
}

/** Packets that tshark finds fault with: malformed, a wrong checksum, or worse than a note. */
export function findFaults(file: string): Promise<string> {
  const filter =
    '_ws.malformed || tcp.checksum.status == "Bad" || ip.checksum.status == "Bad" || ' +
    'udp.checksum.status == "Bad" || _ws.expert.severity == "Warning" || _ws.expert.severity == "Error"'
  return runTshark([...CHECKED, '-r', file, '-Y', filter])
}
