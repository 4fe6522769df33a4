import { expect, it } from 'vitest'
import { AirConditioner } from './air-conditioner.ts'

it('reports the last set-point that it was given, whatever bytes it is', () => {
  const airConditioner = new AirConditioner()
  const command = Uint8Array.of(0xff, 0, 1)
  airConditioner.apply(command)
  // What was handed over may be reused by whoever did.
  command.fill(0)
  expect(airConditioner.state).toEqual(Uint8Array.of(0xff, 0, 1))
  airConditioner.apply(new Uint8Array(0))
  expect(airConditioner.state).toHaveLength(0)
})
