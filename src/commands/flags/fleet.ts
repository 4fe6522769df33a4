import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { FORMATS } from '../../export/exporter.ts'

export const FLEET_POSITIONALS = {
  file: {
    describe: 'a fleet file: devices, message, schedule, connection, and what bills it',
    type: 'string',
    demandOption: true,
  },
} as const satisfies Record<string, PositionalOptions>

export const FLEET_FLAGS = {
  from: {
    describe: 'take the bytes from a stored report, or its folder, and measure nothing',
    type: 'string',
    requiresArg: true,
  },
  'link-bytes': {
    describe: 'count packets beside the model too (default: where possible)',
    choices: ['measured', 'modelled'],
    requiresArg: true,
  },
  format: {
    describe: 'what to print on stdout',
    choices: FORMATS,
    default: 'table',
    requiresArg: true,
  },
  full: {
    describe: 'print all of it: every change, what is assumed, and the sources',
    type: 'boolean',
    default: false,
  },
  out: {
    alias: 'o',
    describe: 'folder for fleet.json, fleet.csv, fleet.html and the measured report.json',
    type: 'string',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>

export type FleetArguments = InferredOptionTypes<typeof FLEET_POSITIONALS & typeof FLEET_FLAGS>
