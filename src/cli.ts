import { inspect } from 'node:util'
import yargs, { type Argv } from 'yargs'
import { checkCommand } from './commands/check.ts'
import { compareCommand } from './commands/compare.ts'
import { inspectCommand } from './commands/inspect.ts'
import { listCommand } from './commands/list.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { tapCommand } from './commands/tap.ts'
import { describeError, InstrumentError } from './model/errors.ts'
import { EXIT } from './model/exit-codes.ts'
import { readPackageVersion } from './package-root.ts'
import { withOptionalValues } from './terminal/optional-values.ts'
import { writeOutput } from './terminal/output.ts'
import { describeUsageError } from './terminal/usage-error.ts'

const MAX_HELP_COLUMNS = 100

/** The part of yargs that its types leave out: every option that it knows at this point. */
interface KnownOptions {
  key: Record<string, unknown>
  array: string[]
}

/** Another part of it: what yargs draws the help with. */
interface Usage {
  cacheHelpMessage(): void
}

/**
 * yargs draws the help of a command whenever it has started one, in case that
 * fails and prints it. Here nothing does; and it is a tenth of a second.
 */
function keepHelpUndrawn(parser: Argv): void {
  type Internals = { getInternalMethods(): { getUsageInstance(): Usage } }
  const usage = (parser as unknown as Internals).getInternalMethods().getUsageInstance()
  usage.cacheHelpMessage = () => undefined
}

const knownOptions = (parser: Argv): KnownOptions =>
  (parser as unknown as { getOptions(): KnownOptions }).getOptions()

/** `--format table --format csv`: yargs makes a list of it, where one word is expected. */
function refuseRepeatedOptions(parser: Argv, argv: Record<string, unknown>): true {
  const { key, array } = knownOptions(parser)
  for (const name of Object.keys(key)) {
    if (Array.isArray(argv[name]) && !array.includes(name)) {
      throw new InstrumentError('usage', `--${name}: is given more than once; give it once`)
    }
  }
  return true
}

function createParser(argv: readonly string[]): Argv {
  const parser = yargs([...argv])
  keepHelpUndrawn(parser)
  return parser
    .scriptName('mqtt-vs-http')
    .locale('en')
    .usage('$0 <command>\n\nMeasures what HTTP and MQTT really cost, byte by byte.')
    .parserConfiguration({ 'boolean-negation': false, 'dot-notation': false })
    .command(runCommand)
    .command(checkCommand)
    .command(compareCommand)
    .command(inspectCommand)
    .command(tapCommand)
    .command(listCommand)
    .command(reportCommand)
    .option('debug', {
      describe: 'show where an error comes from',
      type: 'boolean',
      default: false,
    })
    .check((parsed) => refuseRepeatedOptions(parser, parsed))
    .demandCommand(1, 'no command is given')
    .strict()
    .version(readPackageVersion())
    .help()
    .alias({ help: 'h' })
    .example('$0 run all', 'the whole comparison')
    .epilogue(
      'Exit status: 0 fine, 1 a gate failed, 2 wrong usage or unreadable input, 3 the run failed, 129, 130 or 143 stopped.',
    )
    .wrap(Math.min(MAX_HELP_COLUMNS, process.stdout.columns || MAX_HELP_COLUMNS))
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof InstrumentError || (error && !message)
        ? error
        : new InstrumentError('usage', describeUsageError(message, argv, knownOptions(parser).key))
    })
}

/** The one place that turns an error into a line and an exit status. */
function reportError(error: unknown, debug: boolean): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a file contains must not steer the terminal
  const line = describeError(error).replace(/[\u0000-\u001f\u007f]/g, '?')
  process.stderr.write(`error: ${line}\n`)
  if (debug) process.stderr.write(`${inspect(error)}\n`)
  process.exitCode = error instanceof InstrumentError ? error.exitCode : EXIT.failed
}

/**
 * An error that nobody awaited. Node would print a stack and end with 1, which
 * means something else here; and a run may have results to write. It is asked
 * to stop as by a signal, and the status is set last.
 */
function reportStrayError(error: unknown, debug: boolean): void {
  reportError(error, debug)
  process.once('exit', () => {
    process.exitCode = EXIT.failed
  })
  process.emit('SIGTERM', 'SIGTERM')
}

/**
 * Runs one command line. Never throws and never ends the process: the exit
 * status is left in `process.exitCode`, so that piped output is not cut.
 * @param argv without the program's own name
 */
export async function main(argv: string[]): Promise<void> {
  const words = withOptionalValues(argv)
  const debug = words.includes('--debug')
  // Nobody is left to read the message: nothing to do about it.
  process.stderr.on('error', () => undefined)
  process.on('uncaughtException', (error) => reportStrayError(error, debug))
  try {
    let output = ''
    // The callback keeps help and version from being printed by a console that hides write errors.
    await createParser(words).parseAsync(words, {}, (_error, _parsed, text) => {
      output = text
    })
    if (output !== '') await writeOutput(`${output}\n`)
  } catch (error) {
    reportError(error, debug)
  }
}
