import * as z from 'zod'

const whether = z.enum(['counted', 'left-out']).default('counted')

/** What of TCP is counted: published figures often leave some of it out. */
export const packetCount = z
  .strictObject({
    pureAcknowledgements: whether.describe('segments that acknowledge alone'),
    timeStamps: whether.describe('12 bytes of each segment, 8 of a SYN (RFC 7323)'),
    firstWords: z
      .enum(['as-clients-do', 'in-one-packet'])
      .default('as-clients-do')
      .describe('whether what a device says first goes with the end of its TLS handshake'),
    httpContent: z
      .enum(['with-head', 'apart'])
      .optional()
      .describe('apart: a client writes the content of a request by itself, as on ESP8266'),
  })
  .describe('of TCP; published figures often leave them out')
