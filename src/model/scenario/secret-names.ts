/**
 * Names under which requests carry what lets their sender in: in a query, or in
 * a header that is none of HTTP's own. Written in small letters, without `-` and `_`.
 */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  ...['apikey', 'key', 'token', 'accesstoken', 'authtoken', 'devicetoken', 'auth'],
  ...['password', 'passwd', 'pwd', 'secret', 'clientsecret', 'sig', 'signature', 'code'],
])

/** Whether a value of that name is, or may be, a credential. */
export const isSecretName = (name: string): boolean =>
  SECRET_NAMES.has(name.toLowerCase().replace(/[-_]/g, ''))

/** Fields of HTTP whose values let somebody in, or may hand on what does. */
const SECRET_HEADERS =
  /^(proxy-)?authorization$|^(set-)?cookie$|^(content-)?location$|^authentication-info$/i

export const isSecretHeader = (name: string): boolean =>
  SECRET_HEADERS.test(name) || isSecretName(name.replace(/^x-/i, ''))
