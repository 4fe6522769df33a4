import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { FORMATS } from '../../export/exporter.ts'
import { off, oneOf, text } from './kinds.ts'

export const FLEET_POSITIONALS = {
  file: {
    describe: 'a fleet file: devices, message, schedule, connection, and what bills it',
    type: 'string',
    demandOption: true,
  },
} as const satisfies Record<string, PositionalOptions>

export const FLEET_FLAGS = {
  from: text('take the bytes from a stored report, or its folder, and measure nothing'),
  'link-bytes': oneOf('count packets beside the model too (default: where possible)', [
    'measured',
    'modelled',
  ]),
  format: { ...oneOf('what to print on stdout', FORMATS), default: 'table' },
  full: off('print all of it: every change, what is assumed, and the sources'),
  out: {
    alias: 'o',
    ...text('folder for fleet.json, fleet.csv, fleet.html and the measured report.json'),
  },
} as const satisfies Record<string, Options>

export type FleetArguments = InferredOptionTypes<typeof FLEET_POSITIONALS & typeof FLEET_FLAGS>
