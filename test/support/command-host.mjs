/**
 * Holds the built command in memory and carries out one command line after the
 * other, as `bin/mqtt-vs-http.js` carries out one: what is asked for by message is
 * answered with what was printed and with the exit status. Started by
 * `runCommand`, and ends with whoever started it.
 */
import { main } from '../../dist/cli.js'

const environment = { ...process.env }
const printed = { stdout: '', stderr: '' }

for (const name of Object.keys(printed)) {
  process[name].write = (text, ...rest) => {
    printed[name] += text
    const done = rest.at(-1)
    if (typeof done === 'function') process.nextTick(done)
    return true
  }
}

function setEnvironment(wanted) {
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name]
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined) delete process.env[name]
    else if (process.env[name] !== value) process.env[name] = value
  }
}

process.on('disconnect', () => process.exit())
process.on('message', async ({ args, cwd, env }) => {
  process.chdir(cwd)
  setEnvironment({ ...environment, ...env })
  process.exitCode = undefined
  for (const name of Object.keys(printed)) printed[name] = ''
  await main(args)
  // Those of one command line; the next has its own.
  process.removeAllListeners('uncaughtException')
  process.stderr.removeAllListeners('error')
  process.send({ code: process.exitCode ?? 0, signal: null, ...printed })
})
