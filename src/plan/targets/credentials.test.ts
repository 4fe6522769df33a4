import { describe, expect, it } from 'vitest'
import { basicAuthorization, readCredentials, readHeaders } from './credentials.ts'

const ENV = {
  MQTT_VS_HTTP_MQTT_USERNAME: 'envuser',
  MQTT_VS_HTTP_MQTT_PASSWORD: 'envpassword',
  TOKEN: 'Bearer abc',
  EMPTY: '',
}

describe('credentials', () => {
  it('are those of the URL, else of the environment, one by one', () => {
    expect(readCredentials('mqtt', {}, ENV)).toEqual({
      userName: 'envuser',
      password: 'envpassword',
    })
    expect(readCredentials('mqtt', { userName: 'own' }, ENV)).toEqual({
      userName: 'own',
      password: 'envpassword',
    })
    expect(readCredentials('http', {}, ENV)).toEqual({})
    expect(readCredentials('http', { userName: 'nobody' }, {})).toEqual({ userName: 'nobody' })
  })

  it('have a user name where they have a password', () => {
    expect(() => readCredentials('mqtt', { password: 's3cret' }, {})).toThrow(
      '--mqtt-url: there is a password and no user name; give one in the URL or in MQTT_VS_HTTP_MQTT_USERNAME',
    )
  })

  it('of HTTP are an Authorization (the example of RFC 7617 §2)', () => {
    const given = { userName: 'Aladdin', password: 'open sesame' }
    expect(basicAuthorization(given, { 'X-A': '1' })).toEqual({
      'X-A': '1',
      authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    })
    expect(basicAuthorization({}, { 'X-A': '1' })).toEqual({ 'X-A': '1' })
    expect(() => basicAuthorization(given, { Authorization: 'Bearer x' })).toThrow(/only one/)
    expect(() => basicAuthorization({ userName: 'a:b' }, {})).toThrow(/no colon/)
  })
})

describe('headers', () => {
  it('have their values from the command line or the environment', () => {
    const header = ['X-Device: 7', 'Authorization: env:TOKEN', 'X-Empty:']
    expect(readHeaders({ header }, ENV)).toEqual({
      'X-Device': '7',
      Authorization: 'Bearer abc',
      'X-Empty': '',
    })
  })

  it.each([
    ['s3cret', "--header: is no header; write 'Name: value'"],
    ['X-A: env:EMPTY', '--header: X-A: the variable EMPTY is not set'],
    ['X-A: env:NOWHERE', '--header: X-A: the variable NOWHERE is not set'],
  ])('are refused: %s', (header, message) => {
    expect(() => readHeaders({ header: [header] }, ENV)).toThrow(message)
  })

  it('are refused twice, or where they would break the request, without their values', () => {
    expect(() => readHeaders({ header: ['X-A: 1', 'x-a: 2'] }, ENV)).toThrow(/x-a is given twice/)
    for (const header of ['X-A: s3cret\r\nX-B: 1', 'Content-Length: 0 s3cret']) {
      let message = 'accepted'
      try {
        readHeaders({ header: [header] }, ENV)
      } catch (error) {
        message = (error as Error).message
      }
      expect(message).toMatch(/^--header: /)
      expect(message).not.toContain('s3cret')
    }
  })
})
