import { dirname, resolve } from 'node:path'
import { InstrumentError } from '../model/errors.ts'
import { tapFileSchema } from '../model/report/tap/tap-file.ts'
import { catalogue, named } from '../model/text/language.ts'
import { parseYaml } from '../scenario/parse-yaml.ts'
import { describeIssue, summariseIssues } from '../scenario/problem.ts'
import { readFileCapped } from '../scenario/read-file.ts'
import { isGiven } from './options.ts'
import type { GivenTaps } from './tap-pairs.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    inFile: (flag: string, file: string) => `--${flag}: is a key of ${file}; give it there`,
  },
  'zh-TW': {
    inFile: (flag, file) => `--${flag}：是 ${file} 的鍵；請寫在那裡`,
  },
})

const MAX_BYTES = 1024 * 1024
const CODES = { missing: 'scenario-not-found', unusable: 'scenario-invalid' } as const
/** What a file says is said there; where its reports go may be said beside it. */
const { taps, out: _, ...SHARED } = tapFileSchema.shape
const KEYS = Object.keys({ ...taps.element.shape, ...SHARED })

/**
 * The pairs that a YAML file has, as if flags had given them; paths are relative to it.
 * @param given the flags beside it
 * @throws InstrumentError of exit status 2, in one line: the key, what is wrong, what would be right
 */
export async function readTapFile(file: string, given: GivenTaps): Promise<GivenTaps> {
  for (const flag of KEYS) {
    if (!isGiven(given[flag as keyof GivenTaps])) continue
    throw usage(say.inFile(flag, file))
  }
  const source = new TextDecoder().decode(await readFileCapped(file, MAX_BYTES, file, CODES))
  const parsed = tapFileSchema.safeParse(parseYaml(source, file), { error: describeIssue })
  if (!parsed.success) {
    const problem = summariseIssues(tapFileSchema, parsed.error.issues)
    throw new InstrumentError('scenario-invalid', named(file, problem))
  }
  const { taps: pairs, ...shared } = parsed.data
  const { out, ...common } = besideFile(shared, file)
  return { ...common, out: given.out ?? out, taps: pairs.map((tap) => besideFile(tap, file)), file }
}

interface Paths {
  out?: string | undefined
  baseline?: string | undefined
  pcap?: string | undefined
}

function besideFile<T extends Paths>(keys: T, file: string): T {
  const paths = (['out', 'baseline', 'pcap'] as const).flatMap((key) => {
    const path = keys[key]
    return path === undefined ? [] : [[key, resolve(dirname(file), path)]]
  })
  return { ...keys, ...(Object.fromEntries(paths) as Partial<T>) }
}
