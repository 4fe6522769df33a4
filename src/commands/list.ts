import type { CommandModule } from 'yargs'

export interface ListArguments {
  what: 'scenarios' | 'transports' | undefined
  format: 'table' | 'json'
}

export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list [what]',
  describe: 'List the built-in scenarios and the transports',
  builder: (yargs) =>
    yargs
      .positional('what', {
        describe: 'only these (default: both)',
        choices: ['scenarios', 'transports'] as const,
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
    const { listContents } = await import('./list-contents.ts')
    await listContents(argv)
  },
}
