/** The reader's thread from its sources: a thread takes no loader from the flags that it is started with. */
import { register } from 'tsx/esm/api'

register()
await import('../read-thread.ts')
