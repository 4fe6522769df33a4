import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InstrumentError } from '../../../model/errors.ts'
import { type FleetReport, fleetReportSchema } from '../../../model/fleet/fleet-report.ts'
import { catalogue } from '../../../model/text/language.ts'
import { readFileCapped } from '../../../scenario/read-file.ts'

const say = catalogue({
  en: {
    otherVersion: (file: string) =>
      `${file}: is no fleet of this version; work it out again with fleet`,
  },
  'zh-TW': {
    otherVersion: (file) => `${file}：不是這個版本的裝置群；請再用 fleet 推算一次`,
  },
})

const NAME = 'fleet.json'
const MAX_BYTES = 64 * 1024 * 1024

/** The fleet that a path means: its file, or a folder that has one; null where it means something else. */
export function fleetFileAt(path: string): string | null {
  const inside = join(path, NAME)
  if (existsSync(inside)) return inside
  return path.endsWith(NAME) ? path : null
}

/** @throws InstrumentError `report-unreadable` */
export async function readFleetReport(file: string): Promise<FleetReport> {
  const codes = { missing: 'report-unreadable', unusable: 'report-unreadable' } as const
  const bytes = await readFileCapped(file, MAX_BYTES, file, codes)
  try {
    return fleetReportSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch (error) {
    const what = say.otherVersion(file)
    throw new InstrumentError('report-unreadable', what, { cause: error })
  }
}
