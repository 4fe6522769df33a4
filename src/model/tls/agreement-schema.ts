import * as z from 'zod'
import { TLS_PROFILE_IDS } from './profiles.ts'

/** What two sides agreed on, read off the handshake as it crossed. */
export const tlsAgreementSchema = z
  .strictObject({
    profile: z.enum(TLS_PROFILE_IDS).describe('what the device offered'),
    version: z.string().describe('`TLS 1.3`'),
    group: z.string().nullable().describe('of the key exchange; null where there was none'),
    suite: z.string(),
    certificateBytes: z
      .array(z.int().min(0))
      .describe('DER, of each that the server sent; none where it resumed, or a key is shared'),
  })
  .describe('the first handshake; absent without TLS, and in older reports')
