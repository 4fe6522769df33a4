import { InstrumentError } from '../../../model/errors.ts'
import { said } from '../../../model/said/said.ts'
import { placeOf } from '../../connection-errors.ts'
import { disposeOnce } from '../../once-disposed.ts'
import type { App, ConnectContext } from '../../transport.ts'
import { openFetchConnection } from '../fetch-connection.ts'
import { ask, statusOf } from '../post.ts'
import { RequestWriter } from '../request/write-request.ts'
import { readEvents } from './fetching.ts'
import { deviceUrls } from './urls.ts'

/**
 * The app of every HTTP downlink: it posts commands on one connection, and on
 * another it receives states as server-sent events. A browser does the same.
 * @param endsWait whether the server's clock has a part in the device's waiting
 * @throws InstrumentError `connection`
 */
export async function connectHttpApp(
  address: URL,
  context: ConnectContext,
  endsWait: 'ends waits' | 'knows no wait',
): Promise<App> {
  const { scenario } = context
  const { receives: setUrl, sends: stateUrl } = deviceUrls(address, scenario)
  const writer = new RequestWriter(setUrl, scenario)
  const commands = await openFetchConnection(address, context, { patience: 'endless' })
  const states = await openFetchConnection(address, context, { patience: 'endless' })
  const app: App = {
    onState: () => {},
    async command(payload) {
      const request = writer.write(payload)
      const status = await ask(commands, writer.urlOf(request), request, statusOf)
      if (status !== 204) throw notTaken(setUrl, status)
    },
    ...(endsWait === 'ends waits' && {
      endWait: () =>
        commands.use(async (socket) => {
          await socket.request(setUrl, { method: 'DELETE' }, (response) => response.arrayBuffer())
        }),
    }),
    [Symbol.asyncDispose]: disposeOnce(async () => {
      await Promise.all([commands[Symbol.asyncDispose](), states[Symbol.asyncDispose]()])
    }),
  }
  try {
    await new Promise<void>((resolve, reject) => {
      // Once it is open, its end is told by what is sent next.
      readEvents(states, stateUrl, scenario, resolve, (item) => {
        if (item.kind === 'payload') app.onState(item.payload)
      }).catch(reject)
    })
  } catch (error) {
    await app[Symbol.asyncDispose]()
    throw error
  }
  return app
}

function notTaken(url: URL, status: number): InstrumentError {
  const what = { path: url.pathname, place: placeOf(url), status }
  return new InstrumentError(
    'connection',
    said(status === 503 ? 'statesClosed' : 'commandNot204', what),
  )
}
