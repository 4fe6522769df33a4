import { nginx, type StartOddServer } from './kit.ts'

/** Whoever posts is sent to another server. */
export const start: StartOddServer = () =>
  nginx('listen 127.0.0.1:PORT; location / { return 308 https://other.example/taken; }')
