/** What `inspect --format` can name; apart from what renders them, so that a command line loads nothing else. */
export const INSPECT_FORMATS = ['table', 'json', 'markdown'] as const
export type InspectFormat = (typeof INSPECT_FORMATS)[number]

/** The same of a capture file. */
export const CAPTURE_FORMATS = [...INSPECT_FORMATS, 'csv'] as const
export type CaptureFormat = (typeof CAPTURE_FORMATS)[number]
