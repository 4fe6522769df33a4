import { spokenLanguage } from './language.ts'

/** Why JSON.parse refused a text: its own words, which are English, or in Chinese where and at what. */
export function jsonProblem(why: string, text: string): string {
  if (spokenLanguage() === 'en') return why
  if (/end of JSON/.test(why)) return '還沒寫完就結束'
  const [, position] = /at position (\d+)/.exec(why) ?? []
  if (Number(position) >= text.trimEnd().length) return '還沒寫完就結束'
  if (position !== undefined) {
    const lines = text.slice(0, Number(position)).split('\n')
    const column = (lines.at(-1) ?? '').length + 1
    return `第 ${lines.length} 行第 ${column} 個字元不合語法`
  }
  const [, token] = /^Unexpected token ('.+?'),/.exec(why) ?? []
  return token === undefined ? why : `不該有 ${token}`
}
