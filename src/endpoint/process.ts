import { answerRequests } from '../system/worker-channel.ts'
import { endpointCommands } from './commands.ts'

answerRequests(endpointCommands())
