import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { commandLine } from './shell.ts'

const WORDS = [
  'check',
  './my sensor.yaml',
  "it's.yaml",
  '$HOME',
  'a;b',
  '',
  '*',
  '~',
  '=x',
  '--a=b',
]

it('is read by a shell as the words that it was made of', () => {
  const line = commandLine(WORDS, 'linux').replace('npx mqtt-vs-http', `printf '%s\\n'`)
  expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe(`${WORDS.join('\n')}\n`)
})

it('leaves plain words as they are', () => {
  expect(
    commandLine(['check', './scenarios/my-sensor.yaml', '-t', 'http1,mqtt-qos1'], 'linux'),
  ).toBe('npx mqtt-vs-http check ./scenarios/my-sensor.yaml -t http1,mqtt-qos1')
  expect(commandLine(['check', 'C:\\work\\my.yaml'], 'win32')).toBe(
    'npx mqtt-vs-http check C:\\work\\my.yaml',
  )
})

it('quotes doubly on Windows, where cmd knows no single quote', () => {
  expect(commandLine(['check', '.\\my sensor.yaml'], 'win32')).toBe(
    'npx mqtt-vs-http check ".\\my sensor.yaml"',
  )
})
