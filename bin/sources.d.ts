/** Hexadecimal; of what the build in this folder reads. */
export function digestOfSources(root: string): string
/** Where that of the last whole build is kept. */
export function digestFile(root: string): string
/** Whether `dist` is there, whole, and of what is there to be built. */
export function isBuilt(root: string): boolean
