/**
 * What the exit code says: the one thing that scripts read of a command.
 * @module
 */

/** The exit codes of `runafter`, by what they mean. They are part of its interface and stay as they are. */
export const exitCodes = {
  /** The run Succeeded; any other command did what it was asked for. */
  ok: 0,
  /** The run ended Failed, TimedOut or Cancelled; of several, one did. */
  unsuccessful: 1,
  /** The command line, the workflow's file or the input cannot be used. Nothing was run. */
  usage: 2,
  /** The store or this machine is in the way; for `doctor`: it found a problem. */
  environment: 3,
  /** The run has not ended: it was suspended, or another process works on it. */
  unfinished: 4,
  /** Ended by a second Ctrl-C. */
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
