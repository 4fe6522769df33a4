interface Level {
  /** Null in a list. */
  readonly keys: Set<string> | null
  /** The key or index that is being read. */
  at: string | number
}

/** A key with its colon, a string, or a bracket or comma outside of both. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\],]/g

/**
 * The path of the first key that an object has twice, as after a merge that
 * kept both sides; `JSON.parse` would take the last without a word.
 * @param json text that `JSON.parse` accepts
 */
export function findDuplicateKey(json: string): (string | number)[] | null {
  const levels: Level[] = []
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    const level = levels.at(-1)
    if (token === '{') levels.push({ keys: new Set(), at: '' })
    else if (token === '[') levels.push({ keys: null, at: 0 })
    else if (token === '}' || token === ']') levels.pop()
    else if (token === ',' && typeof level?.at === 'number') level.at += 1
    else if (text !== undefined && colon !== undefined && level?.keys) {
      level.at = String(JSON.parse(text))
      if (level.keys.has(level.at)) return levels.map(({ at }) => at)
      level.keys.add(level.at)
    }
  }
  return null
}
