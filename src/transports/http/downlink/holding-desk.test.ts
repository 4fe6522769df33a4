import { EventEmitter } from 'node:events'
import type { FastifyReply } from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { HoldingDesk } from './holding-desk.ts'

const NEVER_MS = 60_000

function open() {
  const answers: string[] = []
  const names = new Map<FastifyReply, string>()
  const desk = new HoldingDesk((reply, command) => {
    answers.push(`${names.get(reply)}: ${command === null ? 'nothing' : command.toString()}`)
  }, NEVER_MS)
  onTestFinished(() => desk.close())
  const ask = (name: string): EventEmitter => {
    const raw = new EventEmitter()
    const reply = { raw } as unknown as FastifyReply
    names.set(reply, name)
    desk.ask(reply)
    return raw
  }
  return { desk, answers, ask, hand: (command: string) => desk.accept(Buffer.from(command)) }
}

it('answers what is held with the command, and the next request with the next', () => {
  const { answers, ask, hand } = open()
  ask('first')
  hand('1')
  hand('2')
  ask('second')
  expect(answers).toEqual(['first: 1', 'second: 2'])
})

it('holds one request: a second one of the same device takes its place', () => {
  const { answers, ask, hand } = open()
  ask('first')
  ask('second')
  hand('1')
  expect(answers).toEqual(['first: nothing', 'second: 1'])
})

it('keeps a command for a device whose held request is gone', () => {
  const { answers, ask, hand } = open()
  ask('first').emit('close')
  hand('1')
  ask('second')
  expect(answers).toEqual(['second: 1'])
})

it('is not confused by the end of a request that was answered', () => {
  const { answers, ask, hand } = open()
  const first = ask('first')
  hand('1')
  ask('second')
  first.emit('close')
  hand('2')
  expect(answers).toEqual(['first: 1', 'second: 2'])
})

it('ends a wait, and says so when the device waits again', async () => {
  const { desk, answers, ask } = open()
  let isWaiting = false
  const ended = desk.endWait().then(() => {
    isWaiting = true
  })
  ask('first')
  await Promise.resolve()
  expect(answers).toEqual(['first: nothing'])
  expect(isWaiting).toBe(false)
  ask('second')
  await ended
})
