import type { CommandModule } from 'yargs'
import { LIST_FLAGS, LIST_POSITIONALS, type ListArguments } from './flags/list.ts'

export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list [what]',
  describe: 'List the built-in scenarios, the transports, the links and the TLS profiles',
  builder: (yargs) =>
    yargs
      .options(LIST_FLAGS)
      .positional('what', LIST_POSITIONALS.what)
      .example('$0 list', 'everything that run can name')
      .example('$0 list transports --format json', 'for a script'),
  handler: async (argv) => {
    const { listContents } = await import('./handlers/list.ts')
    await listContents(argv)
  },
}
