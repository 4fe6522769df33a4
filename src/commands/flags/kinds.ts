import type { Options } from 'yargs'

/** A flag that takes some text. */
export const text = (describe: string) =>
  ({ describe, type: 'string', requiresArg: true }) as const satisfies Options

export const number = (describe: string) =>
  ({ describe, type: 'number', requiresArg: true }) as const satisfies Options

export const oneOf = <const Choices extends readonly string[]>(
  describe: string,
  choices: Choices,
) => ({ describe, choices, requiresArg: true }) as const satisfies Options

/** A switch, which is off unless it is given. */
export const off = (describe: string) =>
  ({ describe, type: 'boolean', default: false }) as const satisfies Options

/** Flags that stand together in the help, under a heading of their own. */
export function inGroup<const Flags extends Readonly<Record<string, Options>>>(
  group: string,
  flags: Flags,
) {
  const entries = Object.entries(flags).map(([name, flag]) => [name, { ...flag, group }])
  return Object.fromEntries(entries) as { [Name in keyof Flags]: Flags[Name] & { group: string } }
}
