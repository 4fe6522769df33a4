import { refuse } from '../../text/refuse.ts'
import { sayWrong } from '../words.ts'
import { encodingKeys } from './encoding.ts'
import { payloadOf } from './payload-settings.ts'
import { payloadSize } from './payload-sizes.ts'

/** Of a protocol that sends something else: written in the file, whole. */
export const protocolPayload = payloadOf({
  ...encodingKeys,
  size: payloadSize.optional().describe('so many bytes from the seed'),
})
  .superRefine(({ file, encoding }, context) => {
    if (file !== undefined) refuse(context, ['file'], sayWrong.file)
    if (typeof encoding === 'object') refuse(context, ['encoding'], sayWrong.file)
  })
  .optional()
