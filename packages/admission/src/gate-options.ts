/**
 * What every gate takes, in this process or over a backend, and what is refused when the gate is made.
 * @module
 */
import { GateOptionError } from './gate-errors.ts';

/** How many may be in at once: a whole number of at least 1, or `'off'` for any number. */
export type GateConcurrency = number | 'off';

/** Options of every gate; a driver adds its own. */
export interface GateOptions {
  /** How many may be in at once: a whole number of at least 1, or `'off'` for no bound. Default 25. */
  readonly concurrency?: GateConcurrency | undefined;
  /** Places in the waiting room: a whole number, 0 for none. Default: 10 + `concurrency`. */
  readonly waiting?: number | undefined;
  /**
   * What becomes of a caller who finds the waiting room full. Default 'reject'.
   *
   * - `'reject'`: the call rejects at once with a `GateFullError`.
   * - `'wait'`: the caller waits outside, and moves into the room in the order of coming. That is back
   *   pressure for whoever awaits one call before making the next; who does not can queue up without end.
   */
  readonly whenFull?: 'reject' | 'wait' | undefined;
}

/** {@link GateOptions} as a gate works with them. */
export interface GateLimits {
  /** Infinity: no bound. */
  readonly concurrency: number;
  /** Places in the waiting room. */
  readonly room: number;
  readonly refuses: boolean;
}

/**
 * Checks the options of a gate and fills in what was left out. For drivers.
 *
 * @param gate - what the gate is called, for the message.
 * @throws {GateOptionError} `GATE_OPTION_INVALID`
 */
export function gateLimits(gate: string, options: GateOptions): GateLimits {
  const { waiting, whenFull = 'reject' } = options;
  const concurrency = gateConcurrency(gate, options.concurrency);
  const room = waiting ?? 10 + concurrency;
  if (waiting !== undefined && !(Number.isSafeInteger(waiting) && waiting >= 0)) {
    const fix = "Pass a whole number, or whenFull: 'wait' for a room without an end.";
    throw new GateOptionError(gate, 'waiting', `is ${String(waiting)}. ${fix}`);
  }
  if (whenFull !== 'reject' && whenFull !== 'wait') {
    throw new GateOptionError(gate, 'whenFull', `is ${String(whenFull)}. Pass 'reject' or 'wait'.`);
  }
  return { concurrency, room, refuses: whenFull === 'reject' };
}

/**
 * A gate's concurrency as a number, Infinity for `'off'`.
 *
 * @throws {GateOptionError} `GATE_OPTION_INVALID`
 */
export function gateConcurrency(gate: string, concurrency: GateConcurrency = 25): number {
  if (concurrency === 'off') return Number.POSITIVE_INFINITY;
  if (Number.isSafeInteger(concurrency) && concurrency >= 1) return concurrency;
  const fix = "Pass a whole number of at least 1, or 'off' for no bound.";
  throw new GateOptionError(gate, 'concurrency', `is ${String(concurrency)}. ${fix}`);
}
