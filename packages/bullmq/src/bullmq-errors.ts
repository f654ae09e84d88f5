/**
 * What can be wrong with a distribution.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `DISTRIBUTION_OPTION_INVALID`: an option makes no sense. */
export class DistributionOptionError extends RunafterError {
  readonly option: string;

  constructor(option: string, problem: string) {
    super('DISTRIBUTION_OPTION_INVALID', `${option} ${problem}`);
    this.option = option;
  }
}

/** `DISTRIBUTION_CLOSED`: it was asked for something after, or while, it was closed. */
export class DistributionClosedError extends RunafterError {
  constructor(what: string) {
    super(
      'DISTRIBUTION_CLOSED',
      `${what}: this distribution was closed. What is in the store and the queues is not lost: another ` +
        'process goes on with it.',
    );
  }
}
