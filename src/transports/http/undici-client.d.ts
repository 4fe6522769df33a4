/** One file of undici: the whole of it is five times as much to load, and unused. */
declare module 'undici/lib/dispatcher/client.js' {
  // biome-ignore lint/style/noDefaultExport: what a CommonJS file exports
  export { Client as default } from 'undici'
}
