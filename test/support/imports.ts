import { dirname, posix } from 'node:path'

/** What files hold, by their paths from `src`. */
export type Sources = ReadonlyMap<string, string>

/** Comments may hold anything; strings that look like comments are not worth a parser here. */
export const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

const IMPORT =
  /(?:^|[;\n])\s*(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|(?:^|[;\n])\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

/** What a file imports, types included, as it is written. */
export const importsOf = (source: string): string[] =>
  Array.from(withoutComments(source).matchAll(IMPORT), (match) =>
    String(match[1] ?? match[2] ?? match[3]),
  )

/** Files of ours that a file imports, from `src`; `../bench/x.ts` where they lie outside. */
export const localImports = (file: string, source: string): string[] =>
  importsOf(source)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(dirname(file), specifier))

/** Groups of files each of which imports itself by way of the others (Tarjan); but for edges that are let through. */
export function circles(
  sources: Sources,
  exceptions: Readonly<Record<string, string>>,
): string[][] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const path: string[] = []
  const visit = (file: string): number => {
    const number = order.size
    order.set(file, number)
    lowest.set(file, number)
    path.push(file)
    for (const imported of localImports(file, sources.get(file) ?? '')) {
      if (!sources.has(imported) || `${file} -> ${imported}` in exceptions) continue
      const seen = order.get(imported)
      const reached =
        seen === undefined ? visit(imported) : path.includes(imported) ? seen : Infinity
      lowest.set(file, Math.min(lowest.get(file) as number, reached))
    }
    if (lowest.get(file) === number) {
      const circle = path.splice(path.indexOf(file))
      const isSelf = localImports(file, sources.get(file) ?? '').includes(file)
      if (circle.length > 1 || isSelf) found.push(circle.sort())
    }
    return lowest.get(file) as number
  }
  for (const file of sources.keys()) if (!order.has(file)) visit(file)
  return found
}
