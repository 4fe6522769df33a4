/** One file of undici: the whole of it is five times as much to load, and unused. */
declare module 'undici/lib/dispatcher/agent.js' {
  // biome-ignore lint/style/noDefaultExport: what a CommonJS file exports
  export { Agent as default } from 'undici'
}
