import { readdirSync, readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  circles,
  importsOf,
  localImports,
  type Sources,
  withoutComments,
} from '../test/support/imports.ts'

/**
 * Which room may import which; a file at the top of `src` is a room of its own.
 * A room may always import itself, and naming `wire` admits all that is in it.
 * It is an allow list: a new room may import nothing, and be imported by
 * nobody, until it stands here.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'cli.ts': ['commands', 'model', 'package-root.ts', 'terminal'],
  'index.ts': ['gate', 'model', 'plan', 'runner', 'transports'],
  'worker.ts': ['endpoint', 'load', 'system'],
  'package-root.ts': [],
  commands: [
    'export',
    'fleet',
    'gate',
    'model',
    'package-root.ts',
    'plan',
    'runner',
    'scenario',
    'stats',
    'system',
    'tap',
    'targets',
    'terminal',
    'transports',
    'wire',
  ],
  delivery: ['model', 'scenario', 'system', 'transports', 'targets'],
  endpoint: ['delivery', 'model', 'stats', 'system', 'targets', 'transports', 'wire'],
  export: ['model'],
  fleet: ['model', 'package-root.ts', 'scenario', 'transports', 'wire/account'],
  gate: ['model'],
  load: ['delivery', 'model', 'scenario', 'stats', 'system', 'targets', 'transports', 'wire'],
  model: [],
  plan: ['model', 'scenario', 'system', 'tap', 'targets', 'transports'],
  runner: [
    'delivery',
    'endpoint',
    'gate',
    'load',
    'model',
    'package-root.ts',
    'plan',
    'scenario',
    'stats',
    'system',
    'targets',
    'transports',
    'wire',
    // What its processes can be asked.
    'worker.ts',
  ],
  scenario: ['model', 'package-root.ts'],
  stats: ['model'],
  system: ['model', 'package-root.ts'],
  tap: ['model', 'package-root.ts', 'system', 'wire'],
  targets: ['model', 'system', 'transports'],
  terminal: ['model', 'system'],
  transports: ['model', 'package-root.ts', 'system'],
  'wire/account': ['model', 'wire/dissectors', 'wire/relay'],
  'wire/capture': ['model', 'system', 'wire/detection', 'wire/dissectors'],
  'wire/detection': ['model', 'wire/dissectors'],
  'wire/dissectors': ['model'],
  'wire/relay': ['model', 'wire/shaping'],
  'wire/shaping': ['model'],
}

/** What of the world outside a module lets in, and the rooms and files that may have it. */
const WORLD: readonly { what: string; modules: readonly string[]; places: readonly string[] }[] = [
  {
    what: 'sockets',
    modules: ['net', 'tls', 'dgram', 'http', 'https', 'http2'],
    places: [
      'load/driver',
      'system',
      'tap',
      'transports',
      'wire/relay',
      // The side channel by which an endpoint tells the load of arrivals.
      'delivery/arrival-notices.ts',
      // Both ends of what measures a link before anything crosses it.
      'endpoint/probe-server.ts',
      'load/passes/probe-link.ts',
      // Only reads addresses.
      'plan/targets/locate-host.ts',
      // Only the type of the socket that it slows down.
      'wire/shaping/shaped-connection.ts',
    ],
  },
  {
    what: 'processes',
    modules: ['child_process', 'cluster', 'worker_threads'],
    places: [
      'system',
      // What crosses a tap is read in a thread of its own.
      'tap/reading',
      // And what the connections of a large capture say.
      'wire/capture/accounts',
      // Brokers and devices that are programs of their own.
      'transports/coap/libcoap',
      'transports/connections/server-program.ts',
      'transports/mqtt/mosquitto-program.ts',
    ],
  },
  {
    what: 'files',
    modules: ['fs', 'fs/promises'],
    places: [
      'commands/handlers',
      'fleet/load-data.ts',
      'load/passes/link',
      'package-root.ts',
      'plan/targets/tls-files.ts',
      'runner',
      'scenario',
      'system',
      'tap',
      'transports/coap/libcoap',
      'transports/connections/server-program.ts',
      'transports/mqtt/mosquitto-process.ts',
      'transports/mqtt/mosquitto-program.ts',
      'transports/registry-text.ts',
      'transports/write-registry.ts',
    ],
  },
  { what: 'the command line', modules: ['yargs', 'yargs/helpers'], places: ['cli.ts', 'commands'] },
  // Its event loop histograms, not its clock.
  { what: 'performance', modules: ['perf_hooks'], places: ['system/resource-usage.ts'] },
]

/** What makes two runs differ. */
const UNREPEATABLE = /\bDate\.now\b|\bperformance\.now\b|\bhrtime\b|\bnew Date\(\)|\bMath\.random\b/
const CLOCK = 'system/clock.ts'

const MOST_FILES_IN_A_FOLDER = 20

/**
 * Imports that break a rule above and are let through, each with its reason.
 * To be made fewer: one that is gone from the code has to go from here too.
 */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'load/passes/probe-link.ts -> endpoint/probe-server.ts':
    'the first byte of a probe and the meter of its pace, which both ends use',
  'terminal/output.ts -> export/exporter.ts': 'the type of what a renderer may assume',
}

const isIn = (file: string, place: string): boolean =>
  file === place || file.startsWith(`${place}/`)

/** The room of a file: its folder directly below `src`, or a closer one that the table names. */
function roomOf(file: string): string {
  const named = Object.keys(ROOMS).filter((room) => isIn(file, room))
  const [closest] = named.sort((a, b) => b.length - a.length)
  return closest ?? (file.split('/')[0] as string)
}

function brokenRoomRules(sources: Sources, exceptions: Readonly<Record<string, string>>): string[] {
  const broken: string[] = []
  for (const [file, source] of sources) {
    const room = roomOf(file)
    const allowed = [room, ...(ROOMS[room] ?? [])]
    for (const imported of localImports(file, source)) {
      const edge = `${file} -> ${imported}`
      if (edge in exceptions || roomOf(imported) === room) continue
      if (!allowed.some((place) => isIn(imported, place))) broken.push(edge)
    }
  }
  return broken
}

/** What the drawing leaves out: nearly every room may import it. */
const NOT_DRAWN: readonly string[] = ['model', 'system', 'package-root.ts']

/** As Mermaid writes them: `wire/relay --> wire/shaping` as `relay --> shaping`. */
function arrowsOf(rooms: typeof ROOMS): string[] {
  const nameOf = (room: string): string => posix.basename(room, '.ts')
  return Object.entries(rooms).flatMap(([room, allowed]) => {
    const drawn = allowed.filter((place) => !NOT_DRAWN.includes(place))
    if (NOT_DRAWN.includes(room) || drawn.length === 0) return []
    return [`${nameOf(room)} --> ${drawn.map(nameOf).sort().join(' & ')}`]
  })
}

/** `node:` and plain names of the same module alike. */
function worldOutsideItsPlaces(sources: Sources): string[] {
  const broken: string[] = []
  for (const [file, source] of sources) {
    const names = new Set(importsOf(source).map((specifier) => specifier.replace(/^node:/, '')))
    for (const { what, modules, places } of WORLD) {
      if (places.some((place) => isIn(file, place))) continue
      for (const name of modules) if (names.has(name)) broken.push(`${file}: ${name} (${what})`)
    }
    const unrepeatable = UNREPEATABLE.exec(withoutComments(source))
    if (unrepeatable !== null && file !== CLOCK) broken.push(`${file}: ${unrepeatable[0]}`)
  }
  return broken
}

function crowdedFolders(files: Iterable<string>): string[] {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > MOST_FILES_IN_A_FOLDER)
    .map(([folder, count]) => `${folder}: ${count} files`)
}

function readSources(): Sources {
  const names = readdirSync(import.meta.dirname, { recursive: true }) as string[]
  const files = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
  return new Map(
    files.map((file) => [file, readFileSync(posix.join(import.meta.dirname, file), 'utf8')]),
  )
}

describe('the house', () => {
  const sources = readSources()

  it('has each room import only what the table allows it; never bench or test', () => {
    expect(brokenRoomRules(sources, EXCEPTIONS)).toEqual([])
  })

  it('has a line in the table for each room', () => {
    const rooms = [...new Set([...sources.keys()].map(roomOf))].sort()
    expect(rooms).toEqual(Object.keys(ROOMS).sort())
  })

  it('is drawn as it is', () => {
    const page = readFileSync(posix.join(import.meta.dirname, '../docs/architecture.md'), 'utf8')
    const drawn = page.split('\n').filter((line) => line.includes(' --> '))
    expect(drawn.map((line) => line.trim())).toEqual(arrowsOf(ROOMS))
  })

  it('has clocks, chance, sockets, processes, files and command lines only where they belong', () => {
    expect(worldOutsideItsPlaces(sources)).toEqual([])
  })

  it('has no circles, types included', () => {
    expect(circles(sources, EXCEPTIONS)).toEqual([])
  })

  it(`has at most ${MOST_FILES_IN_A_FOLDER} files in a folder, tests not counted`, () => {
    expect(crowdedFolders(sources.keys())).toEqual([])
  })

  it('keeps no exception that is no longer needed', () => {
    const edges = new Set(
      [...sources].flatMap(([file, source]) =>
        localImports(file, source).map((imported) => `${file} -> ${imported}`),
      ),
    )
    expect(Object.keys(EXCEPTIONS).filter((edge) => !edges.has(edge))).toEqual([])
  })

  it('finds every import', () => {
    expect(sources.size).toBeGreaterThan(400)
    for (const [file, source] of sources) {
      for (const imported of localImports(file, source)) {
        if (imported.startsWith('../')) continue
        expect(sources.has(imported), `${file} -> ${imported}`).toBe(true)
      }
    }
  })
})

describe('what holds the house together', () => {
  const of = (files: Record<string, string>): Sources => new Map(Object.entries(files))

  it('sees an import that no line allows, of values, of types, at run time, passed on', () => {
    const forbidden = [
      "import { run } from '../runner/run.ts'",
      "import type { Run } from '../runner/run.ts'",
      "import {\n  type Run,\n  run,\n} from '../runner/run.ts'",
      "export type { Run } from '../runner/run.ts'",
      "import '../runner/run.ts'",
      "const { run } = await import('../runner/run.ts')",
      "let run: import('../runner/run.ts').Run",
    ]
    for (const source of forbidden) {
      const edge = 'stats/mean.ts -> runner/run.ts'
      expect(brokenRoomRules(of({ 'stats/mean.ts': source }), {}), source).toEqual([edge])
      expect(brokenRoomRules(of({ 'stats/mean.ts': source }), { [edge]: 'x' })).toEqual([])
    }
  })

  it('lets through what is allowed, and what is only a comment', () => {
    const source = [
      "import { a } from '../model/a.ts'",
      "import { b } from './b.ts'",
      "// import { run } from '../runner/run.ts'",
      "/** import { run } from '../runner/run.ts' */",
    ].join('\n')
    expect(brokenRoomRules(of({ 'stats/mean.ts': source }), {})).toEqual([])
  })

  it('denies a new room until it is entered, whichever way it is imported', () => {
    const files = {
      'attic/a.ts': "import { b } from '../model/b.ts'",
      'stats/c.ts': "import { a } from '../attic/a.ts'",
    }
    expect(brokenRoomRules(of(files), {})).toEqual([
      'attic/a.ts -> model/b.ts',
      'stats/c.ts -> attic/a.ts',
    ])
  })

  it('sees the parts of wire apart, and what lies outside src', () => {
    const files = {
      'wire/dissectors/a.ts': "import { b } from '../relay/b.ts'",
      'runner/c.ts': "import { b } from '../wire/relay/b.ts'",
      'runner/d.ts': "import { b } from '../../bench/b.ts'\nimport '../../test/c.ts'",
    }
    expect(brokenRoomRules(of(files), {})).toEqual([
      'wire/dissectors/a.ts -> wire/relay/b.ts',
      'runner/d.ts -> ../bench/b.ts',
      'runner/d.ts -> ../test/c.ts',
    ])
  })

  it('sees clocks, chance, sockets, processes, files and command lines out of place', () => {
    const files = {
      'stats/a.ts': 'const t = Date.now()',
      'stats/b.ts': 'const t = performance.now() // Date.now()',
      'stats/c.ts': 'const t = process.hrtime.bigint()',
      'stats/d.ts': 'const t = new Date()',
      'stats/e.ts': 'const t = Math.random()',
      'stats/f.ts': 'const t = new Date(report.startedAt)',
      'gate/a.ts': "import { connect } from 'node:net'\nimport type { Server } from 'http2'",
      'gate/b.ts': "import { fork } from 'node:child_process'",
      'gate/c.ts': "import { readFile } from 'node:fs/promises'",
      'plan/a.ts': "import type { Argv } from 'yargs'",
      'transports/a.ts': "import { connect } from 'node:net'",
    }
    expect(worldOutsideItsPlaces(of(files))).toEqual([
      'stats/a.ts: Date.now',
      'stats/b.ts: performance.now',
      'stats/c.ts: hrtime',
      'stats/d.ts: new Date()',
      'stats/e.ts: Math.random',
      'gate/a.ts: net (sockets)',
      'gate/a.ts: http2 (sockets)',
      'gate/b.ts: child_process (processes)',
      'gate/c.ts: fs/promises (files)',
      'plan/a.ts: yargs (the command line)',
    ])
  })

  it('sees circles of two, of several, of one', () => {
    const files = {
      'a.ts': "import type { B } from './b.ts'",
      'b.ts': "import { a } from './a.ts'\nimport { c } from './c.ts'",
      'c.ts': "import { d } from './d.ts'",
      'd.ts': "import { e } from './e.ts'",
      'e.ts': "import { c } from './c.ts'",
      'f.ts': "import { f } from './f.ts'\nimport { a } from './a.ts'",
    }
    expect(circles(of(files), {})).toEqual([['c.ts', 'd.ts', 'e.ts'], ['a.ts', 'b.ts'], ['f.ts']])
    expect(circles(of(files), { 'e.ts -> c.ts': 'x', 'b.ts -> a.ts': 'x' })).toEqual([['f.ts']])
  })

  it('sees a folder that is too full', () => {
    const files = Array.from({ length: 21 }, (_, index) => `stats/${index}.ts`)
    expect(crowdedFolders(files)).toEqual(['stats: 21 files'])
    expect(crowdedFolders(files.slice(1))).toEqual([])
  })
})
