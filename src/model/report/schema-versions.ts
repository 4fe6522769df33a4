/** The stored form of a run, and of what a check found. A reader refuses a version that it does not know. */
export const REPORT_SCHEMA_VERSION = 1
export const CHECK_SCHEMA_VERSION = 1
