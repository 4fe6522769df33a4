/** Exit statuses of the command, one sentence each. */
export const EXIT = {
  /** Everything asked for was done. A refuted claim is a finding, not a failure. */
  fine: 0,
  /** A gate failed: something regressed. */
  gateFailed: 1,
  /** Wrong usage, a bad scenario or unreadable input; nothing was started. */
  usage: 2,
  /** The run itself failed, gave no trustworthy figure, or left out what was asked for by name. */
  failed: 3,
  /** Stopped by SIGHUP (128 + 1), a terminal that is closed; what was measured is written, marked partial. */
  hungUp: 129,
  /** Stopped by SIGINT (128 + 2); what was measured is written, marked partial. */
  interrupted: 130,
  /** Stopped by SIGTERM (128 + 15); what was measured is written, marked partial. */
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
