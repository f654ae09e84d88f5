/**
 * Options that several commands take, said once.
 * @module
 */
import type { StartOptions } from '@runafter/core';
import type { OptionSpec } from './command.ts';
import { parseCount, parseDurationOption } from './option-values.ts';
import { type ProgressKind, progressKinds } from './progress/progress-display.ts';
import type { Session } from './session.ts';

/** Where the runs are. */
export const storeOption: OptionSpec = {
  flags: '--store <url>',
  description: 'where the runs are: a file, sqlite:FILE, redis://… or postgres://…',
  env: 'RUNAFTER_STORE',
};

/** Which workflow of a file with several. */
export const workflowOption: OptionSpec = {
  flags: '--workflow <name>',
  description: 'the name of the workflow, where the file exports several',
};

/** How a run is run, and how that is shown. */
export const runningOptions: readonly OptionSpec[] = [
  {
    flags: '--max-concurrent <number>',
    description: "at most so many handlers at once; the workflow's own bound by default",
    parse: parseCount,
  },
  {
    flags: '--timeout <duration>',
    description: "how long the run may take, such as 30s or 1h 30m; the workflow's own by default",
    parse: parseDurationOption,
  },
  {
    flags: '--lease <duration>',
    description:
      'with a store: how long it waits for a sign of life before others may take the run over; 15s by default',
    parse: parseDurationOption,
  },
  {
    flags: '--progress <how>',
    description:
      'a bar on a terminal and lines in a pipe, unless this says otherwise; json is a line of JSON for each event, on stderr',
    choices: progressKinds,
  },
  { flags: '--report <file>', description: 'write a picture of the run, as one HTML file' },
];

/** What of it goes to `start()` and `resume()`. */
export function startOptionsOf(
  { maxConcurrent, timeout, lease }: RunningOptions,
  { clock }: Pick<Session, 'clock'>,
): Pick<StartOptions, 'clock' | 'maxConcurrentActions' | 'timeout' | 'lease'> {
  return {
    clock,
    ...(maxConcurrent !== undefined && { maxConcurrentActions: maxConcurrent }),
    ...(timeout !== undefined && { timeout }),
    ...(lease !== undefined && { lease }),
  };
}

/** What {@link runningOptions} are read into. */
export interface RunningOptions {
  readonly maxConcurrent?: number;
  readonly timeout?: number;
  readonly lease?: number;
  readonly progress?: ProgressKind;
  readonly report?: string;
}
