import { nginx, type StartOddServer } from './kit.ts'

/** Its certificate has expired. */
export const start: StartOddServer = ({ expired: identity }) =>
  nginx(`listen 127.0.0.1:PORT ssl; ssl_certificate ${identity.certificate};
    ssl_certificate_key ${identity.key}; ssl_protocols TLSv1.3; location / { return 204; }`)
