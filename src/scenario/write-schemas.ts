import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { buildSchemas, formatSchema } from './schemas.ts'

// Run by `npm run schemas`: writes the files that are committed in schemas/.
for (const [name, schema] of Object.entries(buildSchemas())) {
  await writeFile(join(packageRoot, 'schemas', name), formatSchema(schema))
}
