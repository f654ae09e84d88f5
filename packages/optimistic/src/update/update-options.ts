/**
 * Options of update(), and what they are when they are left out.
 * @module
 */
import {
  type Clock,
  type Duration,
  type FullJitterBounds,
  parseDuration,
  type Random,
  systemClock,
} from '@runafter/clock';
import type { Fence } from '../fence.ts';
import { UpdateOptionError } from './update-errors.ts';

/** Options of update(). */
export interface UpdateOptions {
  /** Aborting it ends the call at once with `signal.reason`; a write under way may still be done. */
  readonly signal?: AbortSignal | undefined;
  /** Passed on to every write. Updates are only combined with those that pass the same object. */
  readonly fence?: Fence | undefined;
  /** How often the cycle of read, change and write is tried at most. Default 50. */
  readonly maxAttempts?: number | undefined;
  /** Bound on the whole, from the call on. Default '30s'. */
  readonly timeout?: Duration | undefined;
  /** Bounds of the waits between tries, full jitter. Default 10 ms, doubled each time up to 1 s. */
  readonly backoff?:
    | { readonly interval?: Duration | undefined; readonly maximum?: Duration | undefined }
    | undefined;
  /**
   * How many updates of one key that wait in this process share one cycle at most; 1 turns it off.
   * Default 1,000.
   */
  readonly combine?: number | undefined;
  /**
   * True says that it does no harm when the change is made twice, such as setting a field to a value. It
   * is then made again where nobody can know whether it was written, instead of `OUTCOME_UNKNOWN`.
   * Default false.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * True says that the change never modifies the object that it was given. Then updates that share a
   * cycle hand values on without copying them, which matters for large documents. Default false.
   */
  readonly pure?: boolean | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Where the jitter comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/** Options with everything filled in; durations in milliseconds. */
export interface ParsedUpdateOptions {
  readonly signal: AbortSignal | undefined;
  readonly fence: Fence | undefined;
  readonly maxAttempts: number;
  readonly timeout: number;
  readonly backoff: FullJitterBounds;
  readonly combine: number;
  readonly idempotent: boolean;
  readonly pure: boolean;
  readonly clock: Clock;
  readonly random: Random;
}

/** @throws {UpdateOptionError} `UPDATE_OPTION_INVALID`; {DurationError} `DURATION_INVALID` */
export function parseUpdateOptions(options: UpdateOptions): ParsedUpdateOptions {
  const { backoff = {} } = options;
  return {
    signal: options.signal,
    fence: options.fence,
    maxAttempts: atLeastOne('maxAttempts', options.maxAttempts ?? 50),
    timeout: parseDuration(options.timeout ?? '30s', 'timeout'),
    backoff: {
      interval: parseDuration(backoff.interval ?? '10ms', 'backoff.interval'),
      maximum: parseDuration(backoff.maximum ?? '1s', 'backoff.maximum'),
    },
    combine: atLeastOne('combine', options.combine ?? 1_000),
    idempotent: options.idempotent ?? false,
    pure: options.pure ?? false,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function atLeastOne(option: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 1)) return value;
  throw new UpdateOptionError(
    option,
    `is ${String(value)}. Pass a whole number of at least 1, or Infinity.`,
  );
}
