// The command from sources, without a build: npm run dev -- run json
import { catchSignals } from '../src/terminal/stop-signals.ts'

catchSignals()
const { main } = await import('../src/cli.ts')
await main(process.argv.slice(2))
