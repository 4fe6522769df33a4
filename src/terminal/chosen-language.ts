import { LANGUAGES, type Language, languageOf } from '../model/text/language.ts'

/**
 * The language of a command line, before it is parsed: help and errors of the
 * parser are in it too. What `--lang` names and nobody speaks is for the parser
 * to refuse.
 */
export function chosenLanguage(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Language {
  const index = argv.findLastIndex((word) => /^--lang(?:=|$)/.test(word))
  const word = argv[index]
  const name = word === '--lang' ? argv[index + 1] : word?.slice('--lang='.length)
  return LANGUAGES.find((language) => language === name) ?? languageOf(env)
}
