/** How the command is called wherever it was installed: npx finds it in the project, or among the global ones. */
export const PROGRAM = 'npx mqtt-vs-http'

/** What no shell reads as anything but itself. */
const PLAIN = { posix: /^[\w./,:@%+-][\w./,:=@%+-]*$/, windows: /^[\w./\\,:@+-][\w./\\,:=@+-]*$/ }

/**
 * A line that can be pasted into the shell of a platform: sh and its like; on
 * Windows cmd and PowerShell, which have the double quote in common, and no file
 * name there holds one.
 */
export function commandLine(words: readonly string[], platform: string = process.platform): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForPosix
  return [PROGRAM, ...words.map(quote)].join(' ')
}

const quoteForPosix = (word: string): string =>
  PLAIN.posix.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

const quoteForWindows = (word: string): string => (PLAIN.windows.test(word) ? word : `"${word}"`)
