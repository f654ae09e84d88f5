/**
 * Options of update(), and what they are when they are left out.
 * @module
 */
import { hash } from 'node:crypto';
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
   * The id of the operation that changes, such as an action's idempotency key. It is kept with the write,
   * so an update that comes with it again, from whatever process, leaves the document as it is. This
   * holds while the write is among the last 32 of the document; where more may come in between, keep the
   * id in the value itself. Not combined with others, and refused where a store keeps no ids of writes.
   */
  readonly once?: string | undefined;
  /**
   * True says that it does no harm when the change is made twice, such as setting a field to a value. It
   * is then made again where nobody can know whether it was written, instead of `OUTCOME_UNKNOWN`.
   * Default false.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * True says that the change never modifies the object that it was given. Then updates that share a
   * cycle hand values on without copying them, which matters for large documents, and what an update
   * hands over is the very object that its change has returned. Default false.
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
  /** Undefined: each write has an id of its own. */
  readonly writeId: string | undefined;
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
    writeId: options.once === undefined ? undefined : toWriteId(options.once),
    idempotent: options.idempotent ?? false,
    pure: options.pure ?? false,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

/** Ids of operations may be of any length and alphabet, ids of writes are short. */
function toWriteId(once: string): string {
  if (typeof once === 'string' && once !== '') return hash('sha256', once, 'base64url');
  throw new UpdateOptionError('once', `is ${JSON.stringify(once)}. Pass the id of an operation.`);
}

function atLeastOne(option: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 1)) return value;
  throw new UpdateOptionError(
    option,
    `is ${String(value)}. Pass a whole number of at least 1, or Infinity.`,
  );
}
