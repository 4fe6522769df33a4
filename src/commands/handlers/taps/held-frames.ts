import { readFile } from 'node:fs/promises'
import { parseBaseline } from '../../../gate/parse-baseline.ts'
import { describeSystemError, InstrumentError } from '../../../model/errors.ts'
import type {
  Baseline,
  BaselineCell,
  PhaseDirection,
} from '../../../model/report/check/baseline.ts'
import { PHASE_DIRECTIONS } from '../../../model/report/check/baseline.ts'
import { catalogue } from '../../../model/text/language.ts'
import { usage } from '../../../plan/usage.ts'
import type { HeldFrames } from '../../../tap/metering/held-units.ts'

const say = catalogue({
  en: {
    unreadable: (path: string, why: string) =>
      `--baseline: ${path} cannot be read (${why}); write it with check --tap --update`,
    noName: (path: string, name: string, names: string) =>
      `--name: ${path} has nothing called ${name}; it has ${names}`,
  },
  'zh-TW': {
    unreadable: (path, why) =>
      `--baseline：無法讀取 ${path}（${why}）；請用 check --tap --update 寫入`,
    noName: (path, name, names) => `--name：${path} 沒有名為 ${name} 的項目；有的是 ${names}`,
  },
})

/**
 * What a baseline has of each protocol under one name.
 * @param name left out: the only one, or `tap`
 * @throws InstrumentError `baseline-unreadable`, `usage`
 */
export async function readHeldFrames(path: string, name?: string): Promise<HeldFrames> {
  const { cells } = await read(path)
  const names = Object.keys(cells)
  const chosen = name ?? (names.length === 1 ? (names[0] as string) : 'tap')
  const its = Object.hasOwn(cells, chosen) ? cells[chosen] : undefined
  if (its === undefined) throw usage(say.noName(path, chosen, names.join(', ')))
  return Object.fromEntries(Object.entries(its).map(([id, cell]) => [id, framesOf(cell)]))
}

async function read(path: string): Promise<Baseline> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new InstrumentError(
      'baseline-unreadable',
      say.unreadable(path, describeSystemError(error)),
      { cause: error },
    )
  }
  return parseBaseline(text, path)
}

const framesOf = (cell: BaselineCell): HeldFrames[string] =>
  Object.fromEntries(
    PHASE_DIRECTIONS.flatMap((place: PhaseDirection) => {
      const frames = cell[place]?.frames
      return frames === undefined ? [] : [[place, frames]]
    }),
  )
