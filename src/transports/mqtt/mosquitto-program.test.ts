import { expect, it } from 'vitest'
import { listPlaces } from './mosquitto-program.ts'

it('looks where Windows has it: on the PATH, then where its installer puts it', () => {
  const env = { PATH: 'C:\\Windows;C:\\my tools', ProgramFiles: 'D:\\Programs' }
  expect(listPlaces(env, 'win32')).toEqual([
    'C:\\Windows\\mosquitto.exe',
    'C:\\my tools\\mosquitto.exe',
    'D:\\Programs\\mosquitto\\mosquitto.exe',
  ])
})

it('looks where Debian and Homebrew have it', () => {
  expect(listPlaces({ PATH: '/usr/bin::/bin' }, 'linux')).toEqual([
    '/usr/bin/mosquitto',
    '/bin/mosquitto',
    '/usr/sbin/mosquitto',
    '/usr/local/sbin/mosquitto',
    '/opt/homebrew/sbin/mosquitto',
  ])
})
