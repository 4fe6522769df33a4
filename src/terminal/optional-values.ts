/** Flags that may stand alone, and what they may be given: `check --update`, `check --update=new`. */
const OPTIONAL: Readonly<Record<string, readonly string[]>> = { '--update': ['all', 'new'] }

/**
 * The command line with the value of such a flag written out where the next word
 * is none of its values: in `check --update ./my.yaml` that is a scenario.
 */
export function withOptionalValues(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    const values = Object.hasOwn(OPTIONAL, word) ? OPTIONAL[word] : undefined
    if (values === undefined || values.includes(argv[index + 1] ?? '')) return word
    return `${word}=${values[0]}`
  })
}
