import type { CheckResult } from '../../model/report/check/check.ts'
import { jsonText } from '../document/json-text.ts'
import { renderCheckGithub } from './github.ts'
import { renderCheckJunit } from './junit.ts'
import { renderCheckMarkdown } from './markdown.ts'
import { renderCheckText } from './text.ts'

const RENDERERS = {
  text: renderCheckText,
  markdown: renderCheckMarkdown,
  // Its schema is `checkResultSchema`.
  json: jsonText,
  junit: renderCheckJunit,
  github: renderCheckGithub,
} as const satisfies Record<string, (result: CheckResult) => string>

export type CheckFormat = keyof typeof RENDERERS

/** The result of a byte check in one of its formats, with a final newline where there is text at all. */
export function renderCheck(format: CheckFormat, result: CheckResult): string {
  return RENDERERS[format](result)
}
