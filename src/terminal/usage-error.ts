import { catalogue, listNames } from '../model/text/language.ts'
import { findNearest, suggestOneOf } from '../model/text/nearest.ts'
import { PROGRAM } from '../model/text/shell.ts'

const say = catalogue({
  en: {
    leaveOut: (name: string, negated: string) =>
      `--${name}: unknown option; leave --${negated} out`,
    unknownOption: (name: string, nearest: readonly string[]) =>
      `${name}: unknown option${nearest.length === 0 ? '' : `; did you mean ${nearest.map((each) => `--${each}`).join(' or ')}?`}`,
    unexpected: (command: string, word: string) => `${command}: unexpected argument ${word}`,
    unknownCommand: (word: string, hint: string) => `unknown command ${word}; ${hint}`,
    unknownValue: (what: string, given: string, hint: string) =>
      `${what}: unknown value ${given}; ${hint}`,
    needsValue: (name: string) => `${name}: needs a value`,
    missingArgument: (command: string, given: string, needed: string) =>
      `${command}: has ${given} of the ${needed} arguments that it needs`,
    required: (command: string, names: string) => `${command}: needs ${names}`,
    see: (text: string, help: string) => `${text}; see ${help}`,
    seeAlso: (text: string, help: string) => `${text} see ${help}`,
  },
  'zh-TW': {
    leaveOut: (name, negated) => `--${name}：沒有這個選項；請去掉 --${negated}`,
    unknownOption: (name, nearest) =>
      `${name}：沒有這個選項${nearest.length === 0 ? '' : `；您是指 ${nearest.map((each) => `--${each}`).join(' 或 ')}？`}`,
    unexpected: (command, word) => `${command}：多出的引數 ${word}`,
    unknownCommand: (word, hint) => `沒有 ${word} 這個命令；${hint}`,
    unknownValue: (what, given, hint) => `${what}：不認得 ${given}；${hint}`,
    needsValue: (name) => `${name}：需要一個值`,
    missingArgument: (command, given, needed) =>
      `${command}：需要 ${needed} 個引數，只給了 ${given} 個`,
    required: (command, names) => `${command}：需要 ${names}`,
    see: (text, help) => `${text}；請看 ${help}`,
    seeAlso: (text, help) => `${text}請看 ${help}`,
  },
})

const COMMANDS = ['run', 'check', 'compare', 'inspect', 'tap', 'fleet', 'list', 'report']

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
      return say.leaveOut(name, negated)
    }
    const nearest = findNearest(
      name,
      Object.keys(options).filter((key) => key.length > 1),
    )
    return say.unknownOption(flag(name), nearest)
  }
  if (command !== undefined) return say.unexpected(command, JSON.stringify(name))
  return say.unknownCommand(JSON.stringify(name), suggestOneOf(name, COMMANDS))
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
  const help = `${PROGRAM} ${command === undefined ? '' : `${command} `}--help`
  return /[?？]$/.test(text) ? say.seeAlso(text, help) : say.see(text, help)
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
    return say.unknownValue(what, given, suggestOneOf(value, unquote(choices)))
  }
  const empty = /^Not enough arguments following: (.*)/.exec(message)
  if (empty) return say.needsValue(flag(empty[1] ?? ''))
  const few = /^Not enough non-option arguments: got (\d+), need at least (\d+)/.exec(message)
  if (few) return say.missingArgument(command ?? '', few[1] ?? '', few[2] ?? '')
  const required = /^Missing required arguments?: (.*)/.exec(message)
  if (required)
    return say.required(command ?? '', listNames((required[1] ?? '').split(', ').map(flag)))
  return message.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}
