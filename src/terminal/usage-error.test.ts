import { expect, it } from 'vitest'
import { describeUsageError } from './usage-error.ts'

const OPTIONS = { quick: [], format: [], f: [], 'per-round': [], perRound: [], help: [] }

it.each([
  [
    'Unknown argument: formt',
    'run --formt x',
    '--formt: unknown option; did you mean --format? see npx mqtt-vs-http run --help',
  ],
  [
    'Unknown arguments: per-rund, perRund',
    'run --per-rund=1',
    '--per-rund: unknown option; did you mean --per-round? see npx mqtt-vs-http run --help',
  ],
  [
    'Unknown arguments: no-quick, noQuick',
    'run --no-quick',
    '--no-quick: unknown option; leave --quick out; see npx mqtt-vs-http run --help',
  ],
  ['Unknown argument: z', 'run -qz', '-z: unknown option; see npx mqtt-vs-http run --help'],
  [
    'Unknown argument: mat',
    'list mat --format json',
    'list: unexpected argument "mat"; see npx mqtt-vs-http list --help',
  ],
  [
    'Unknown argument: lst',
    'lst',
    'unknown command "lst"; did you mean list? see npx mqtt-vs-http --help',
  ],
  [
    'Unknown command: nope',
    'nope',
    'unknown command "nope"; known: run, check, compare, inspect, tap, fleet, list, report; see npx mqtt-vs-http --help',
  ],
  [
    'Invalid values:\n  Argument: format, Given: "tabel", Choices: "table", "csv"',
    'run --format tabel',
    '--format: unknown value "tabel"; did you mean table? see npx mqtt-vs-http run --help',
  ],
  [
    'Invalid values:\n  Argument: what, Given: "x", Choices: "scenarios", "transports"',
    'list x',
    'list what: unknown value "x"; known: scenarios, transports; see npx mqtt-vs-http list --help',
  ],
  [
    'Not enough arguments following: format',
    'run --format',
    '--format: needs a value; see npx mqtt-vs-http run --help',
  ],
  [
    'Not enough non-option arguments: got 0, need at least 1',
    'report',
    'report: has 0 of the 1 arguments that it needs; see npx mqtt-vs-http report --help',
  ],
  ['Something\nelse', 'run', 'Something else; see npx mqtt-vs-http run --help'],
])('%j for `%s`', (message, line, expected) => {
  expect(describeUsageError(message, line.split(' '), OPTIONS)).toBe(expected)
})
