/** What a process of ours is for; `src/worker.ts` has the code of each. */
export type WorkerRole = 'load' | 'endpoint' | 'link' | 'shaper'
