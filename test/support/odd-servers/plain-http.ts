import { nginx, type StartOddServer } from './kit.ts'

/** HTTP/1.1 in the clear; 401, 404 and 500 at the paths of these names. */
export const start: StartOddServer = () =>
  nginx(`listen 127.0.0.1:PORT;
    location / { return 204; }
    location /401 { return 401; }
    location /404 { return 404; }
    location /500 { return 500; }`)
