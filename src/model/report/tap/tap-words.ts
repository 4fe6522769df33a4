// Apart from the schema: a tap starts, and runs, without what validates.

/** The stored form of what a tap saw. */
export const TAP_SCHEMA_VERSION = 1

/** What ended a tap; `running` in the reports that it leaves while it goes on. */
export const TAP_ENDINGS = ['signal', 'duration', 'connections', 'running'] as const

/**
 * - `closed`: both sides said that they were through.
 * - `broken`: reset or lost, by whichever side.
 * - `unreachable`: the target could not be reached; nothing was passed on.
 * - `open`: still there when the report was made.
 */
export const TAP_CONNECTION_STATES = ['open', 'closed', 'broken', 'unreachable'] as const
