/**
 * Errors of starting a run and of talking to it.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `RUN_OPTION_INVALID`: what `start()` was given makes no sense. */
export class RunOptionError extends RunafterError {
  readonly option: string;
  readonly value: unknown;

  /** @param problem - what is wrong and what to do, as sentences. */
  constructor(option: string, value: unknown, problem: string) {
    super('RUN_OPTION_INVALID', `start(): ${option} ${problem}`);
    this.option = option;
    this.value = value;
  }
}

/**
 * `SIGNAL_UNKNOWN`, `RUN_ENDED` or `CORRELATE_INVALID`: nobody will ever take the signal.
 * `SIGNAL_ID_INVALID`: nobody could tell whether it was sent twice.
 */
export class SignalError extends RunafterError {
  readonly event: string;
  readonly runId: string;

  constructor(
    code: 'SIGNAL_UNKNOWN' | 'RUN_ENDED' | 'CORRELATE_INVALID' | 'SIGNAL_ID_INVALID',
    runId: string,
    event: string,
    problem: string,
  ) {
    super(code, problem);
    this.event = event;
    this.runId = runId;
  }
}
