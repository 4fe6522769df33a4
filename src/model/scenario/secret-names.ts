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
