import { expandTlsProfiles } from '../tls/profile-family.ts'
import { expandEncodings } from './encoding-family.ts'
import { expandSubscribers } from './fan-out-family.ts'
import type { Scenario, ScenarioFile } from './scenario.ts'
import { expandPayloadSizes } from './size-family.ts'

/** The scenarios that a file stands for: itself, or one for each entry of its lists. */
export const expandFile = (file: ScenarioFile): Scenario[] =>
  expandEncodings(file)
    .flatMap((one) => expandTlsProfiles(one))
    .flatMap(expandSubscribers)
    .flatMap(expandPayloadSizes)
