import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'

/** A Fastify endpoint that answers 204, and the script that has wrk post to it. */
const app = Fastify()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
)
app.post('/sensors/temp', (_request, reply) => reply.code(204).send())
await app.listen({ port: 0, host: '127.0.0.1' })
const folder = await mkdtemp(join(tmpdir(), 'mqtt-vs-http-'))
const script = join(folder, 'post.lua')
await writeFile(
  script,
  `wrk.method = "POST"
wrk.body = '{ "temp": 25 }'
wrk.headers["Content-Type"] = "application/json"
`,
)
process.on('disconnect', async () => {
  await rm(folder, { recursive: true })
  await app.close()
})
const address = app.server.address()
process.send?.({ port: typeof address === 'object' ? address?.port : null, script })
