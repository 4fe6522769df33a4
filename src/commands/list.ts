import type { CommandModule } from 'yargs'

export interface ListArguments {
  what: 'scenarios' | 'transports' | 'links' | undefined
  format: 'table' | 'json'
}

export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list [what]',
  describe: 'List the built-in scenarios, the transports and the links',
  builder: (yargs) =>
    yargs
      .positional('what', {
        describe: 'only these (default: all)',
        choices: ['scenarios', 'transports', 'links'] as const,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: ['table', 'json'] as const,
        default: 'table' as const,
        requiresArg: true,
      })
      .example('$0 list', 'everything that run can name')
      .example('$0 list transports --format json', 'for a script'),
  handler: async (argv) => {
    const { listContents } = await import('./handlers/list.ts')
    await listContents(argv)
  },
}
