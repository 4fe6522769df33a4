import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalogue } from '../../model/text/language.ts'
import { openFile } from '../../system/open-file.ts'
import { createProgress } from '../../terminal/progress.ts'

const say = catalogue({
  en: {
    notThere: (path: string, program: string) =>
      `--open: there is no ${program} here; open ${path} yourself`,
    failed: (path: string, program: string, code: number) =>
      `--open: ${program} ended with ${code}; open ${path} yourself`,
  },
  'zh-TW': {
    notThere: (path, program) => `--open：這裡沒有 ${program}；請自行開啟 ${path}`,
    failed: (path, program, code) => `--open：${program} 以 ${code} 結束；請自行開啟 ${path}`,
  },
})

/** `--open`: shows a page; where nothing can, a line says where it is. What was asked for besides is done all the same. */
export async function showPage(path: string): Promise<void> {
  const problem = await openFile(path)
  if (problem === null) return
  const { program, code } = problem
  const line = code === null ? say.notThere(path, program) : say.failed(path, program, code)
  createProgress(process.stderr).warn(line)
}

/** A page that is in no folder of results. It stays: whatever shows it reads it when it likes. */
export async function showText(html: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mqtt-vs-http-'))
  const path = join(folder, 'report.html')
  await writeFile(path, html, { mode: 0o600 })
  await showPage(path)
}
