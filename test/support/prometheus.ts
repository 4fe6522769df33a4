import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './command.ts'
import { freePort } from './programs.ts'

export interface Series {
  metric: Record<string, string>
  value: number
}

export interface RunningPrometheus extends AsyncDisposable {
  /** What is stored now. */
  query(expression: string): Promise<Series[]>
  /** Labels of the alerts that fire. */
  alerts(): Promise<Record<string, string>[]>
  /** Why the last scrape failed; empty where it did not. */
  scrapeError(): Promise<string>
}

/** Prometheus itself, which looks five times a second. */
export async function startPrometheus(target: string, rules: string): Promise<RunningPrometheus> {
  const folder = temporaryFolder()
  const place = `127.0.0.1:${await freePort()}`
  const file = join(folder.path, 'prometheus.yml')
  const often = { scrape_interval: '200ms', evaluation_interval: '200ms' }
  const scraped = [{ job_name: 'tap', static_configs: [{ targets: [target] }] }]
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({ global: often, rule_files: [rules], scrape_configs: scraped }),
  )
  const program = spawn(
    'prometheus',
    [
      ...[`--config.file=${file}`, `--storage.tsdb.path=${join(folder.path, 'data')}`],
      ...[`--web.listen-address=${place}`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(program, 'close')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    program.stderr.on('data', (chunk: Buffer) => {
      said += chunk
      if (/ready to receive web requests/.test(said)) resolve()
    })
    program.once('close', () => reject(new Error(`prometheus did not start: ${said}`)))
  })
  const ask = async (path: string) => {
    const answer = await fetch(`http://${place}${path}`)
    const { data, error } = (await answer.json()) as { data: never; error?: string }
    if (error !== undefined) throw new Error(`${path}: ${error}`)
    return data as { result: { metric: Series['metric']; value: [number, string] }[] } & {
      alerts: { state: string; labels: Record<string, string> }[]
    } & { activeTargets: { lastError: string; lastScrape: string }[] }
  }
  return {
    async query(expression) {
      const { result } = await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`)
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
    async alerts() {
      const { alerts } = await ask('/api/v1/alerts')
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels)
    },
    async scrapeError() {
      const { activeTargets } = await ask('/api/v1/targets')
      return activeTargets.map(({ lastError }) => lastError).join()
    },
    async [Symbol.asyncDispose]() {
      program.kill('SIGKILL')
      await ended
      folder[Symbol.dispose]()
    },
  }
}
