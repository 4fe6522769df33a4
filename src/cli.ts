import { inspect } from 'node:util'
import yargs, { type Argv } from 'yargs'
import { briefHelp } from './commands/brief-help.ts'
import { checkCommand } from './commands/check.ts'
import { compareCommand } from './commands/compare.ts'
import { fleetCommand } from './commands/fleet.ts'
import { withGlobalLayout, withoutEmptyDefaults } from './commands/help-layout.ts'
import { inspectCommand } from './commands/inspect.ts'
import { listCommand } from './commands/list.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { tapCommand } from './commands/tap.ts'
import { describeError, InstrumentError, systemSaid } from './model/errors.ts'
import { EXIT } from './model/exit-codes.ts'
import { saidText } from './model/said/said.ts'
import { catalogue, LANGUAGES, speak } from './model/text/language.ts'
import { readPackageVersion } from './package-root.ts'
import { chosenLanguage } from './terminal/chosen-language.ts'
import { foldLine } from './terminal/fold-line.ts'
import { withOptionalValues } from './terminal/optional-values.ts'
import { writeOutput } from './terminal/output.ts'
import { describeUsageError } from './terminal/usage-error.ts'

const say = catalogue({
  en: {
    usage: 'Measures what HTTP and MQTT really cost, byte by byte.',
    lang: 'language of reports, help and messages (default: that of LC_ALL, LC_MESSAGES or LANG)',
    debug: 'show where an error comes from',
    noCommand: 'no command is given',
    helpAll: 'show every option',
    wholeComparison: 'the whole comparison',
    exitStatus:
      'Exit status: 0 fine, 1 a gate failed, 2 wrong usage or unreadable input, 3 the run failed, 129, 130 or 143 stopped.',
    givenTwice: (name: string) => `--${name}: is given more than once; give it once`,
    noNumber: (name: string) => `--${name}: is not a number; give one such as 10`,
    error: (line: string) => `error: ${line}`,
  },
  'zh-TW': {
    usage: '逐位元組測量 HTTP 與 MQTT 的實際花費。',
    lang: '報告、說明與訊息的語言（預設：依 LC_ALL、LC_MESSAGES 或 LANG）',
    debug: '顯示錯誤從何而來',
    noCommand: '沒有給命令',
    helpAll: '顯示所有選項',
    wholeComparison: '完整的比較',
    exitStatus:
      '結束狀態：0 正常，1 有關卡未通過，2 用法錯誤或輸入無法讀取，3 測量失敗，129、130 或 143 被中止。',
    givenTwice: (name) => `--${name}：給了不只一次；請只給一次`,
    noNumber: (name) => `--${name}：不是數字；請給數字，例如 10`,
    error: (line) => `錯誤：${line}`,
  },
})

const MAX_HELP_COLUMNS = 100

/** The part of yargs that its types leave out: every option that it knows at this point. */
interface KnownOptions {
  key: Record<string, unknown>
  array: string[]
  number: string[]
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

/** `--format table --format csv`: yargs makes a list of it, where one word is expected; and NaN of `--rounds x`. */
function refuseWrongOptions(parser: Argv, argv: Record<string, unknown>): true {
  const { key, array, number } = knownOptions(parser)
  for (const name of number) {
    if (Number.isNaN(argv[name])) throw new InstrumentError('usage', say.noNumber(name))
  }
  for (const name of Object.keys(key)) {
    if (Array.isArray(argv[name]) && !array.includes(name)) {
      throw new InstrumentError('usage', say.givenTwice(name))
    }
  }
  return true
}

function createParser(argv: readonly string[]): Argv {
  const parser = yargs([...argv])
  keepHelpUndrawn(parser)
  return withGlobalLayout(parser.scriptName('mqtt-vs-http').locale('en'))
    .usage(`$0 <command>\n\n${say.usage}`)
    .parserConfiguration({ 'boolean-negation': false, 'dot-notation': false })
    .command(runCommand)
    .command(checkCommand)
    .command(compareCommand)
    .command(fleetCommand)
    .command(inspectCommand)
    .command(tapCommand)
    .command(listCommand)
    .command(reportCommand)
    .option('lang', {
      describe: say.lang,
      choices: LANGUAGES,
      requiresArg: true,
    })
    .option('debug', {
      describe: say.debug,
      type: 'boolean',
      default: false,
    })
    .check((parsed) => refuseWrongOptions(parser, parsed))
    .demandCommand(1, say.noCommand)
    .strict()
    .version(readPackageVersion())
    .help()
    .option('help-all', { describe: say.helpAll, type: 'boolean', default: false })
    .alias({ help: 'h' })
    .example('$0 run all', say.wholeComparison)
    .epilogue(say.exitStatus)
    .wrap(Math.min(MAX_HELP_COLUMNS, process.stdout.columns || MAX_HELP_COLUMNS))
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof InstrumentError || (error && !message)
        ? error
        : new InstrumentError('usage', describeUsageError(message, argv, knownOptions(parser).key))
    })
}

/** No command at all is a question too, and `--help-all` asks for help. */
const withHelp = (words: string[]): string[] =>
  words.length === 0 || words.includes('--help-all') ? [...words, '--help'] : words

/** The one place that turns an error into a line and an exit status. */
function reportError(error: unknown, debug: boolean): void {
  // What nobody meant to say is in English.
  const isMeant = error instanceof InstrumentError && error.code !== 'internal'
  const text = isMeant ? error.message : saidText(systemSaid(error))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a file contains must not steer the terminal
  const line = describeError(text).replace(/[\u0000-\u001f\u007f]/g, '?')
  process.stderr.write(`${foldLine(say.error(line), process.stderr)}\n`)
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
  const words = withHelp(withOptionalValues(argv))
  const debug = words.includes('--debug')
  speak(chosenLanguage(words, process.env))
  // Nobody is left to read the message: nothing to do about it.
  process.stderr.on('error', () => undefined)
  process.on('uncaughtException', (error) => reportStrayError(error, debug))
  try {
    let output = briefHelp(words) ?? ''
    // The callback keeps help and version from being printed by a console that hides write errors.
    if (output === '') {
      await createParser(words).parseAsync(words, {}, (_error, _parsed, text) => {
        output = withoutEmptyDefaults(text)
      })
    }
    if (output !== '') await writeOutput(`${output}\n`)
    if (argv.length === 0)
      throw new InstrumentError('usage', describeUsageError(say.noCommand, argv, {}))
  } catch (error) {
    reportError(error, debug)
  }
}
