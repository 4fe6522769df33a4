import type { Sourced } from '../model/fleet/figure.ts'
import type { FleetReport } from '../model/fleet/fleet-report.ts'
import type { FleetData } from './load-data.ts'

type DataFile = FleetReport['data'][number]

/** Where each figure of the data files is from, for whoever reads it. */
export function sourcesOf({ plans, clouds, radios }: FleetData): DataFile[] {
  return [
    ...plans.map(({ id, title, note, counting, rounding, price, fee, prepaid }) => ({
      ...{ kind: 'plan' as const, id, title, note: note ?? null, limits: null },
      sources: namedSources({ counting, rounding, price, fee, prepaid }),
    })),
    ...clouds.map(({ id, title, note, messages, price, connection, traffic, quota = [] }) => ({
      ...{ kind: 'cloud' as const, id, title, note: note ?? null, limits: null },
      sources: [
        ...namedSources({ messages, price, connection, traffic }),
        ...quota.map((each) => source(each.name, each)),
      ],
    })),
    ...radios.map((radio) => ({
      ...{ kind: 'radio' as const, id: radio.id, title: radio.title, note: radio.note ?? null },
      limits: radio.limits ?? null,
      sources: [source('charge', radio)],
    })),
  ]
}

const source = (what: string, { source: from, readOn, secondHand }: Sourced) => ({
  ...{ what, source: from, readOn, secondHand: secondHand ?? false },
})

const namedSources = (parts: Readonly<Record<string, Sourced | undefined>>) =>
  Object.entries(parts).flatMap(([what, part]) => (part === undefined ? [] : [source(what, part)]))
