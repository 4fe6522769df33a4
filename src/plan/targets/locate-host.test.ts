import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { locateHost } from './locate-host.ts'

const leadsTo =
  (...addresses: string[]) =>
  async (): Promise<string[]> =>
    addresses

describe('where a host is', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('here: %s', async (host) => {
    expect(await locateHost(host)).toBe('this-machine')
  })

  it('here: every address of its own', async () => {
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    for (const { address } of own) expect(await locateHost(address)).toBe('this-machine')
  })

  it.each(['192.0.2.1', '2001:db8::1', '128.0.0.1'])('elsewhere: %s', async (host) => {
    expect(await locateHost(host)).toBe('elsewhere')
  })

  it('a name is here only if all of its addresses are', async () => {
    expect(await locateHost('name', leadsTo('127.0.0.1', '::1'))).toBe('this-machine')
    expect(await locateHost('name', leadsTo('127.0.0.1', '192.0.2.1'))).toBe('elsewhere')
    expect(await locateHost('name', leadsTo())).toBe('elsewhere')
  })

  it('a name that leads nowhere is not known to be here', async () => {
    const nowhere = async (): Promise<string[]> => {
      throw new Error('ENOTFOUND')
    }
    expect(await locateHost('name', nowhere)).toBe('elsewhere')
  })
})
