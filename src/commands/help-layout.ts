import type { Argv } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { displayWidth } from '../model/text/text-width.ts'

/** What the parser says of itself in a help. Its errors stay in English: they are reworded one by one. */
const say = catalogue({
  en: {
    everywhere: 'With every command:',
    parser: {
      'Commands:': 'Commands:',
      'Options:': 'Options:',
      'Examples:': 'Examples:',
      'Positionals:': 'Positionals:',
      boolean: 'boolean',
      string: 'string',
      number: 'number',
      array: 'array',
      required: 'required',
      'default:': 'default:',
      'choices:': 'choices:',
      'Show help': 'Show help',
      'Show version number': 'Show version number',
    },
  },
  'zh-TW': {
    everywhere: '每個命令都有：',
    parser: {
      'Commands:': '命令：',
      'Options:': '選項：',
      'Examples:': '範例：',
      'Positionals:': '引數：',
      boolean: '布林',
      string: '字串',
      number: '數字',
      array: '陣列',
      required: '必填',
      'default:': '預設：',
      'choices:': '可選：',
      'Show help': '顯示說明',
      'Show version number': '顯示版本',
    },
  },
})

/** Of the whole program: the parser's own words, and what every command has stands last. */
export const withGlobalLayout = (parser: Argv): Argv =>
  parser
    .updateStrings(say.parser)
    .group(['lang', 'debug', 'version', 'help', 'help-all'], say.everywhere)

/**
 * Of a command: what it is given first, then its options, then those of other groups.
 * Examples come last, each command on a line of its own, so that it can be copied.
 * @param examples a command line without the program's name as `$0`, and what it is for
 */
export function withLayout<T>(
  parser: Argv<T>,
  examples: readonly (readonly [command: string, what: string])[],
): Argv<T> {
  const lines = examples.flatMap(([command, what]) => [`  ${command}`, `      ${what}`])
  return parser
    .group([], say.parser['Positionals:'])
    .group([], say.parser['Options:'])
    .epilogue(`${[say.parser['Examples:'], ...lines].join('\n')}\n`)
}

/** That an option is off, or a list empty, where it is not given goes without saying. */
export const withoutEmptyDefaults = (help: string): string =>
  help.replace(
    / *(\[[^\]\n]*\]) \[(?:default:|預設：) (?:false|\[\])\]/g,
    (drawn: string, type: string) => ' '.repeat(displayWidth(drawn) - displayWidth(type)) + type,
  )
