import { describe, expect, it } from 'vitest'
import { TlsSecrets } from './tls-secrets.ts'

const RANDOM = Buffer.alloc(32, 0xab)
const LINE = `CLIENT_TRAFFIC_SECRET_0 ${RANDOM.toString('hex').toUpperCase()} 0102ff\n`

describe('the secrets of TLS connections', () => {
  it('are found by label and client random', () => {
    const secrets = new TlsSecrets()
    secrets.learn(LINE)
    expect(secrets.find('CLIENT_TRAFFIC_SECRET_0', RANDOM)).toEqual(Buffer.of(1, 2, 255))
    expect(secrets.find('SERVER_TRAFFIC_SECRET_0', RANDOM)).toBeNull()
    expect(secrets.find('CLIENT_TRAFFIC_SECRET_0', Buffer.alloc(32))).toBeNull()
  })

  it('are told to whoever watches, until it stops; other lines are not', () => {
    const secrets = new TlsSecrets()
    let told = 0
    const stop = secrets.watch(() => {
      told += 1
    })
    secrets.learn('# a comment\n')
    expect(told).toBe(0)
    secrets.learn(LINE)
    expect(told).toBe(1)
    stop()
    secrets.learn(LINE)
    expect(told).toBe(1)
  })
})
