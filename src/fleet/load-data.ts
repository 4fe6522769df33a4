import { readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { z } from 'zod'
import { InstrumentError } from '../model/errors.ts'
import { type CloudMeter, cloudFileSchema } from '../model/fleet/cloud-file.ts'
import { type FleetFile, fleetFileSchema } from '../model/fleet/fleet-file.ts'
import { type DataPlan, planFileSchema } from '../model/fleet/plan-file.ts'
import { type RadioModel, radioFileSchema } from '../model/fleet/radio-file.ts'
import { catalogue, named } from '../model/text/language.ts'
import { suggestOneOf } from '../model/text/nearest.ts'
import { packageRoot } from '../package-root.ts'
import { parseYaml } from '../scenario/parse-yaml.ts'
import { describeIssue, summariseIssues } from '../scenario/problem.ts'
import { readFileCapped } from '../scenario/read-file.ts'

const say = catalogue({
  en: {
    unknown: (from: string, kind: string, name: string, hint: string) =>
      `${from}: ${kind}: unknown ${name}; ${hint}, or a path such as ./my-${kind}.yaml`,
  },
  'zh-TW': {
    unknown: (from, kind, name, hint) =>
      `${from}：${kind}：沒有 ${name}；${hint}，或一個路徑，例如 ./my-${kind}.yaml`,
  },
})

const MAX_BYTES = 1024 * 1024
const CODES = { missing: 'scenario-not-found', unusable: 'scenario-invalid' } as const

/** The data files that come with the package, a folder each kind. */
const DATA_FOLDERS = { plan: 'plans', cloud: 'clouds', radio: 'radios' } as const
export type DataKind = keyof typeof DATA_FOLDERS

const folderOf = (kind: DataKind): string => join(packageRoot, 'fleet-data', DATA_FOLDERS[kind])

/** The names that a fleet file may give, in their order. */
export const dataNames = (kind: DataKind): string[] =>
  readdirSync(folderOf(kind))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort()

const isPath = (name: string): boolean => /[/\\]|\.ya?ml$/i.test(name)

async function readFile<T>(file: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readFileCapped(file, MAX_BYTES, name, CODES)
  const value = parseYaml(new TextDecoder().decode(bytes), name)
  const parsed = schema.safeParse(value, { error: describeIssue })
  if (parsed.success) return parsed.data
  const problem = summariseIssues(schema, parsed.error.issues)
  throw new InstrumentError('scenario-invalid', named(name, problem))
}

/**
 * The data files that a fleet names, each a built-in by its name or a file of its own.
 * @param from the fleet file: paths are relative to it
 * @throws InstrumentError of exit status 2, in one line
 */
export async function loadData<T>(
  kind: DataKind,
  names: readonly string[],
  from: string,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const found: T[] = []
  for (const name of names) {
    if (!isPath(name) && !dataNames(kind).includes(name)) {
      throw new InstrumentError(
        'scenario-invalid',
        say.unknown(from, kind, name, suggestOneOf(name, dataNames(kind))),
      )
    }
    const file = isPath(name) ? resolve(dirname(from), name) : join(folderOf(kind), `${name}.yaml`)
    found.push(await readFile(file, isPath(name) ? name : `${name}.yaml`, schema))
  }
  return found
}

export interface FleetData {
  readonly plans: readonly DataPlan[]
  readonly clouds: readonly CloudMeter[]
  readonly radios: readonly RadioModel[]
}

export const readPlans = (names: readonly string[], from: string): Promise<DataPlan[]> =>
  loadData('plan', names, from, planFileSchema)

type DataNames = Readonly<Record<DataKind, readonly string[]>>

const readData = async ({ plan, cloud, radio }: DataNames, from: string): Promise<FleetData> => ({
  plans: await readPlans(plan, from),
  clouds: await loadData('cloud', cloud, from, cloudFileSchema),
  radios: await loadData('radio', radio, from, radioFileSchema),
})

/** All that comes with the package. */
export const builtInData = (): Promise<FleetData> =>
  readData(
    { plan: dataNames('plan'), cloud: dataNames('cloud'), radio: dataNames('radio') },
    'fleet-data',
  )

/** @throws InstrumentError of exit status 2, in one line */
export async function loadFleet(file: string): Promise<{ fleet: FleetFile; data: FleetData }> {
  const fleet = await readFile(file, file, fleetFileSchema)
  const { plan = [], cloud = [], radio = [] } = fleet
  return { fleet, data: await readData({ plan, cloud, radio }, file) }
}
