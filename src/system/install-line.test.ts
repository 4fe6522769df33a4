import { expect, it } from 'vitest'
import { saidText } from '../model/said/said.ts'
import { installLine } from './install-line.ts'

const MOSQUITTO = {
  ...{ apt: 'mosquitto', apk: 'mosquitto', brew: 'mosquitto' },
  winget: 'EclipseFoundation.Mosquitto',
}

it.each([
  ['linux', 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', 'apt-get install mosquitto'],
  [
    'linux',
    'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n',
    'apt-get install mosquitto',
  ],
  ['linux', 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n', 'apk add mosquitto'],
  ['darwin', '', 'brew install mosquitto'],
  ['win32', '', 'winget install EclipseFoundation.Mosquitto'],
])('fits %s, %j', (platform, osRelease, line) => {
  expect(installLine(MOSQUITTO, platform, osRelease)).toBe(line)
})

it('says what Debian calls it where there is no package that is known', () => {
  const said = 'whatever installs it here; for Debian it is apt-get install mosquitto'
  expect(saidText(installLine(MOSQUITTO, 'linux', 'ID=nixos\n'))).toBe(said)
  expect(saidText(installLine({ apt: 'mosquitto' }, 'win32'))).toBe(said)
  expect(saidText(installLine(MOSQUITTO, 'freebsd'))).toBe(said)
})
