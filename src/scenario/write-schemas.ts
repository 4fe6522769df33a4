import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { fillScenarioPage } from './key-tables.ts'
import { buildSchemas, formatSchema } from './schemas.ts'

// Run by `npm run schemas`: writes what of them is committed, in schemas/ and docs/.
const schemas = buildSchemas()
for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(join(packageRoot, 'schemas', name), formatSchema(schema))
}
const page = join(packageRoot, 'docs', 'scenario-files.md')
await writeFile(
  page,
  fillScenarioPage(await readFile(page, 'utf8'), schemas['scenario.schema.json'] ?? {}),
)
