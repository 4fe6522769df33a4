import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, runCommand } from './support/command.ts'

const PATH = join(root, 'docs', 'inspect.md')

/** What differs from run to run, in value and not in size. */
const VARYING = /^(host|Date|Packet Identifier):/
/** Two spaces, eight bytes in hex, two spaces, eight characters, two spaces; then layer and field. */
const LAYER_AT = 37
const FIELD_AT = 47

/**
 * The text without the values of fields that differ from run to run: of those,
 * the number of their bytes is left.
 */
function withoutVarying(text: string): string {
  const kept: string[] = []
  let varies = false
  for (const line of text.split('\n')) {
    const isBytes = /^ {2}[0-9a-f]{2} /.test(`${line} `)
    const begins = line.slice(LAYER_AT, FIELD_AT).trim() !== ''
    if (begins) varies = VARYING.test(line.slice(FIELD_AT))
    if (isBytes && varies) {
      const count = line.slice(2, 25).trim().split(' ').length
      kept.push(begins ? `${count} ${line.slice(FIELD_AT).split(':')[0]}` : String(count))
    } else if (isBytes || !varies || line.trim() === '' || !line.startsWith('   ')) {
      kept.push(line)
      if (!isBytes) varies = false
    }
  }
  return kept.join('\n')
}

const BLOCK = /```text\n([\s\S]*?)```/g

describe('docs/inspect.md has what the command prints', () => {
  it.each([
    [0, 'json'],
    [1, 'single-reading'],
  ] as const)(
    '%d: %s',
    async (index, scenario) => {
      const args = ['inspect', scenario, '-t', 'http1,mqtt-qos0,mqtt-qos1']
      const docs = readFileSync(PATH, 'utf8')
      expect(docs).toContain(`mqtt-vs-http ${args.join(' ')}\n`)
      const { code, stdout } = await runCommand(args)
      expect(code).toBe(0)
      if (process.env.UPDATE_GOLDEN === '1') {
        let at = 0
        writeFileSync(
          PATH,
          docs.replace(BLOCK, (block) => {
            at += 1
            return at - 1 === index ? `\`\`\`text\n${stdout}\`\`\`` : block
          }),
        )
      }
      const shown = [...readFileSync(PATH, 'utf8').matchAll(BLOCK)].map(([, text]) => text ?? '')
      expect(withoutVarying(shown[index] ?? '')).toBe(withoutVarying(stdout))
      // Of an exchange that is all the same, nothing is left out.
      expect(withoutVarying(stdout).split('\n').length).toBeGreaterThan(120)
    },
    120_000,
  )
})
