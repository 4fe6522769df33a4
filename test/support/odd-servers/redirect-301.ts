import { nginx, type StartOddServer } from './kit.ts'

/** Whoever posts is sent to another path, as a GET. */
export const start: StartOddServer = () =>
  nginx('listen 127.0.0.1:PORT; location / { return 301 /taken; } location /taken { return 204; }')
