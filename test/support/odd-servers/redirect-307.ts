import { nginx, type StartOddServer } from './kit.ts'

/** Whoever posts is sent to another path, with what he posts. */
export const start: StartOddServer = () =>
  nginx('listen 127.0.0.1:PORT; location / { return 307 /taken; } location /taken { return 204; }')
