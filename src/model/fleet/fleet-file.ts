import * as z from 'zod'
import { packetCount } from '../scenario/scenario.ts'
import { refuse } from '../text/refuse.ts'
import { tlsProfileName } from '../tls/profile-schema.ts'
import { duration, durationOr, MEAN_MONTH_S, SECONDS_PER_DAY, timesADay } from './quantity.ts'
import { sayWrong } from './words.ts'

/** How a device keeps its connection. */
export const POLICIES = ['kept', 'per-message', 'per-batch'] as const
export type Policy = (typeof POLICIES)[number]

const MOST_DEVICES = 10_000_000
const names = z.union([z.string().transform((name) => [name]), z.array(z.string()).min(1)], {
  error: () => sayWrong.names,
})

const every = duration('15m')

const schedule = z
  .strictObject({
    every: every.optional().describe('from one reading to the next'),
    bursts: z
      .strictObject({
        every: every.describe('from one burst to the next'),
        messages: z.int().min(2).max(100_000),
        gap: duration('1s').describe('between two messages of a burst'),
      })
      .superRefine(({ every: whole, messages, gap }, context) => {
        if ((messages - 1) * gap < whole) return
        refuse(context, ['every'], sayWrong.burst((messages - 1) * gap))
      })
      .optional(),
    daily: z
      .array(z.strictObject({ hours: z.number().positive().max(24), every }))
      .min(1)
      .refine((parts) => parts.reduce((sum, { hours }) => sum + hours, 0) <= 24, {
        error: () => sayWrong.longDay,
      })
      .optional()
      .describe('how often in which hours of a day; what is left of the day is silent'),
    commands: timesADay
      .optional()
      .describe('commands to the device, evenly over the day; the scenario is a roundtrip'),
  })
  .superRefine((value, context) => {
    const given = Object.values(value).filter((each) => each !== undefined)
    if (given.length === 1) return
    refuse(context, [], given.length === 0 ? sayWrong.noSchedule : sayWrong.schedules)
  })

const policy = z.enum(POLICIES)

const connection = z
  .strictObject({
    policy: z
      .union([policy.transform((one) => [one]), z.array(policy).min(1)], {
        error: () => sayWrong.oneOrList(POLICIES.join(', ')),
      })
      .default(['kept', 'per-message']),
    session: z
      .enum(['full', 'resumed'])
      .default('full')
      .describe('how TLS is set up; of resumed, full where the ticket has died'),
    ticketLife: duration('2h')
      .default(7 * SECONDS_PER_DAY)
      .describe('7d if left out, the most that RFC 8446 §4.6.1 allows'),
    keepAlive: durationOr('off', '5m').default(0),
    pings: z
      .enum(['when-silent', 'always'])
      .default('when-silent')
      .describe('when-silent: keepAlive after the last packet sent [MQTT-3.1.2-23]'),
    natTimeout: durationOr('none', '10m').default(0).describe('silence that a NAT forgets'),
    serverIdle: durationOr('none', '75s')
      .optional()
      .describe('silence after which an HTTP server closes; 5 s, as Node, if left out'),
    reconnects: timesADay.default(0).describe('of a kept connection'),
  })
  .prefault({})

const gate = z
  .strictObject({
    metric: z.string().describe('a column of fleet.csv'),
    transport: z.string(),
    policy: policy.optional(),
    plan: z.string().optional(),
    cloud: z.string().optional(),
    radio: z.string().optional(),
    max: z.number().optional(),
    min: z.number().optional(),
  })
  .refine(({ max, min }) => max !== undefined || min !== undefined, {
    error: () => sayWrong.noBound,
  })

export const fleetFileSchema = z
  .strictObject({
    name: z
      .string({ error: () => sayWrong.noName })
      .regex(/^[\w.-]{1,64}$/, { error: () => sayWrong.name }),
    devices: z
      .int({ error: () => sayWrong.devices })
      .min(1, { error: () => sayWrong.noDevices })
      .max(MOST_DEVICES, { error: () => sayWrong.manyDevices(MOST_DEVICES) }),
    month: duration('30d').default(MEAN_MONTH_S).describe('365.25/12 days if left out'),
    scenario: z
      .string({ error: () => sayWrong.noScenario })
      .describe('the message: a built-in scenario, or a file, relative to this one'),
    schedule,
    connection,
    batch: z
      .strictObject({
        size: z
          .int()
          .min(2, { error: () => sayWrong.batchOfOne })
          .max(10_000),
        as: z
          .enum(['message', 'messages'])
          .describe('message: all readings in one; messages: each its own, on one connection'),
      })
      .optional()
      .describe('what policy per-batch gathers'),
    tls: tlsProfileName.optional(),
    link: z.string().optional().describe('a profile of list links, for times'),
    loss: z
      .string()
      .regex(/^\d+(\.\d+)?%$/, { error: () => sayWrong.noShare })
      .refine((text) => Number(text.slice(0, -1)) <= 30, { error: () => sayWrong.lossy })
      .transform((text) => Number(text.slice(0, -1)) / 100)
      .optional(),
    transports: z.array(z.string()).min(1).describe('base ids, or ids that say more'),
    plan: names.optional().describe('data plans: names in fleet-data/plans, or files'),
    cloud: names.optional().describe('cloud services: names, or files'),
    radio: names.optional().describe('radio models: names, or files'),
    count: packetCount.prefault({}),
    consider: z
      .strictObject({
        batch: z.int().min(2).max(10_000).default(6).describe('readings gathered'),
        payloadBytes: z
          .int()
          .min(0)
          .optional()
          .describe('of another encoding; two thirds if left out'),
        topicBytes: z.int().min(1).default(4).describe('of a shorter topic'),
      })
      .prefault({})
      .describe('the changes that are worked out'),
    outage: z
      .strictObject({ jitter: duration('5m').default(300) })
      .prefault({})
      .describe(
        'after an outage devices come back at once or, with jitter, spread over this time: both are told',
      ),
    gates: z.array(gate).default([]).describe('budgets'),
  })
  .refine(
    ({ connection, batch }) => !connection.policy.includes('per-batch') || batch !== undefined,
    { path: ['batch'], error: () => sayWrong.noBatch },
  )
  .describe('A fleet of mqtt-vs-http: devices, how they talk, and what that is billed by')

export type FleetFile = z.output<typeof fleetFileSchema>
export type FleetGate = FleetFile['gates'][number]
