import { isGiven, targetOptions } from '../../plan/options.ts'
import type { CheckArguments } from '../flags/check.ts'

/** `Name: env:VARIABLE`: the value of any other header may be a secret. */
const FROM_ENVIRONMENT = /^[^:]+: *env:/

/**
 * The flags of a server of one's own as they can be pasted: without what may be
 * a secret, which is a credential or the query of a URL, or the value of a header.
 */
export function serverWords(argv: CheckArguments): string[] {
  const { header, ...options } = targetOptions(argv)
  const words = Object.entries({ ...options, messages: argv.messages }).flatMap(([name, value]) => {
    if (!isGiven(value)) return []
    if (value === true) return [`--${name}`]
    return [`--${name}`, name.endsWith('-url') ? withoutSecrets(String(value)) : String(value)]
  })
  const headers = (header ?? []).filter((each) => FROM_ENVIRONMENT.test(each))
  return [...words, ...headers.flatMap((each) => ['--header', each])]
}

function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  return `${url.protocol}//${url.host}${url.pathname}`
}
