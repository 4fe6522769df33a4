import { InstrumentError } from '../model/errors.ts'

/** What is wrong with the options, which are found to be so before anything is started. */
export const usage = (why: string): InstrumentError => new InstrumentError('usage', why)
