import { describe, expect, it } from 'vitest'
import { type ScenarioInput, scenarioSchema } from '../model/scenario/scenario.ts'
import { appChannels, deviceChannels } from './channels.ts'

const scenario = (input: Partial<ScenarioInput>) =>
  scenarioSchema.parse({ name: 'a', title: 'a', payload: { text: 'a' }, ...input })

describe('channels', () => {
  it.each([
    ['/ac', '/ac/set', '/ac/state'],
    ['/', '/set', '/state'],
    ['/ac/', '/ac/set', '/ac/state'],
    ['/ac?room=1', '/ac/set?room=1', '/ac/state?room=1'],
  ])('of a roundtrip lie below the path %s', (path, set, state) => {
    const given = scenario({ flow: 'roundtrip', topic: 'home/ac', path })
    const device = deviceChannels(given)
    expect(device.receives).toEqual({ topic: 'home/ac/set', path: set })
    expect(device.sends).toEqual({ topic: 'home/ac/state', path: state })
    expect(appChannels(given)).toEqual({ sends: device.receives, receives: device.sends })
  })

  it.each(['uplink', 'fanout'] as const)('of %s are the scenario’s own', (flow) => {
    const { sends, receives } = deviceChannels(scenario({ flow, topic: 't', path: '/p' }))
    for (const { topic, path } of [sends, receives]) expect([topic, path]).toEqual(['t', '/p'])
  })
})
