import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { findTransports, renderRegistry } from './registry-text.ts'

// Run by `npm run registry`: writes the file that is committed beside this one.
const file = join(packageRoot, 'src', 'transports', 'registry-index.ts')
await writeFile(file, renderRegistry(await findTransports()))
