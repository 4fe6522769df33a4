import { suggestNearest, suggestOneOf } from '../model/text/nearest.ts'
import { PROGRAM } from '../model/text/shell.ts'

const COMMANDS = ['run', 'check', 'compare', 'inspect', 'tap', 'list', 'report']

const unquote = (list: string): string[] => [...list.matchAll(/"([^"]*)"/g)].map((m) => m[1] ?? '')

/** Short options have one hyphen. */
const flag = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`)

/** Whether the word was written as an option: `--name`, `--name=value`, or a letter of `-abc`. */
const isGivenAsFlag = (name: string, argv: readonly string[]): boolean =>
  argv.some((word) => {
    const [, hyphens = '', letters = ''] = /^(-*)([^=]*)/.exec(word) ?? []
    return hyphens.length === 1 ? letters.includes(name) : hyphens !== '' && letters === name
  })

function describeUnknown(
  name: string,
  argv: readonly string[],
  options: Readonly<Record<string, unknown>>,
  command: string | undefined,
): string {
  if (isGivenAsFlag(name, argv)) {
    const negated = name.replace(/^no-/, '')
    if (negated !== name && negated in options) {
      return `--${name}: unknown option; leave --${negated} out`
    }
    const suggestion = suggestNearest(
      name,
      Object.keys(options).filter((key) => key.length > 1),
    )
    const hint = suggestion === null ? '' : `; ${suggestion.replace('mean ', 'mean --')}`
    return `${flag(name)}: unknown option${hint}`
  }
  if (command !== undefined) return `${command}: unexpected argument ${JSON.stringify(name)}`
  return `unknown command ${JSON.stringify(name)}; ${suggestOneOf(name, COMMANDS)}`
}

/**
 * One line out of what yargs says about a command line, which may be several.
 * @param message as yargs words it, in English
 * @param options those known where it went wrong, by name
 */
export function describeUsageError(
  message: string,
  argv: readonly string[],
  options: Readonly<Record<string, unknown>>,
): string {
  const command = argv.find((word) => COMMANDS.includes(word))
  const text = reword(message, argv, options, command)
  const help = `see ${PROGRAM} ${command === undefined ? '' : `${command} `}--help`
  return text.endsWith('?') ? `${text} ${help}` : `${text}; ${help}`
}

function reword(
  message: string,
  argv: readonly string[],
  options: Readonly<Record<string, unknown>>,
  command: string | undefined,
): string {
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]*)/.exec(message)
  if (unknown) return describeUnknown(unknown[1] ?? '', argv, options, command)
  const choice = /Argument: ([^,]*), Given: (.*?), Choices: (.*)/.exec(message)
  if (choice) {
    const [, name = '', given = '', choices = ''] = choice
    const what = isGivenAsFlag(name, argv) ? flag(name) : `${command} ${name}`
    const value = unquote(given)[0] ?? given
    return `${what}: unknown value ${given}; ${suggestOneOf(value, unquote(choices))}`
  }
  const empty = /^Not enough arguments following: (.*)/.exec(message)
  if (empty) return `${flag(empty[1] ?? '')}: needs a value`
  if (message.startsWith('Not enough non-option arguments'))
    return `${command}: an argument is missing`
  return message.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}
