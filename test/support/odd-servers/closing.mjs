/**
 * A server that ends its connections after so many answers: `node closing.mjs
 * '{"protocol":"http/1.1","after":3,"how":"announced"}'`. Started with `fork`, it
 * says its port when it listens, and what it has seen when it is asked.
 *
 * - `announced`: as the protocol has it: `Connection: close` in the last answer
 *   (RFC 9112 §9.6), GOAWAY behind it (RFC 9113 §6.8).
 * - `silent`: the last answer promises to keep the connection, and FIN follows.
 * - `unanswered`: FIN in place of the last answer.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttp2Server, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'

const { protocol, after, how, key, certificate } = JSON.parse(process.argv[2])
const identity = key && { key: readFileSync(key), cert: readFileSync(certificate) }
const seen = { connections: 0, requests: 0, ended: 0 }
const answersOn = new Map()

function answer(request, response) {
  const connection = request.stream?.session ?? request.socket
  request.resume()
  request.once('end', () => {
    seen.requests += 1
    const answers = (answersOn.get(connection) ?? 0) + 1
    answersOn.set(connection, answers)
    const isLast = answers === after
    if (isLast) {
      seen.ended += 1
      if (how === 'unanswered') return connection.end()
      if (how !== 'announced') response.once('finish', () => connection.end())
      else if (protocol === 'http/2') response.once('close', () => sayGoaway(connection))
      else response.setHeader('connection', 'close')
    }
    response.writeHead(204)
    response.end()
  })
}

/** Node 20.19.0 drops the answer that it is just done with where its connection is closed in the same turn. */
function sayGoaway(connection) {
  connection.goaway()
  setImmediate(() => connection.close())
}

const createEach = {
  'http/1.1': () =>
    identity === undefined
      ? createServer({ keepAliveTimeout: 0 }, answer)
      : createHttpsServer({ ...identity, keepAliveTimeout: 0 }, answer),
  'http/2': () =>
    identity === undefined ? createHttp2Server(answer) : createSecureServer(identity, answer),
}
const server = createEach[protocol]()
const opened = identity === undefined ? 'connection' : 'secureConnection'
server.on(opened, (socket) => {
  seen.connections += 1
  socket.on('error', () => {})
})
server.on('sessionError', () => {})
process.on('message', () => process.send(seen))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
