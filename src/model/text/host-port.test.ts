import { expect, it } from 'vitest'
import { isLoopback, parseHostPort, parsePort } from './host-port.ts'

it.each([
  ['broker:1883', { host: 'broker', port: 1883 }],
  ['broker.example:1', { host: 'broker.example', port: 1 }],
  ['192.0.2.1:65535', { host: '192.0.2.1', port: 65_535 }],
  ['[2001:db8::1]:1883', { host: '2001:db8::1', port: 1883 }],
  ['[fe80::1%eth0]:1883', null],
  ['2001:db8::1:1883', null],
  ['broker', null],
  ['broker:', null],
  [':1883', null],
  ['broker:65536', null],
  ['broker:-1', null],
  ['mqtt://broker:1883', null],
  ['user@broker:1883', null],
  ['[]:1', null],
])('%s is %j', (text, expected) => {
  expect(parseHostPort(text)).toEqual(expected)
})

it.each([
  ['0', 0],
  ['1884', 1884],
  ['65536', null],
  ['x', null],
  ['', null],
])('port %j is %j', (text, expected) => {
  expect(parsePort(text)).toBe(expected)
})

it.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.example', false],
])('%s is loopback: %j', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
