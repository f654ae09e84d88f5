/**
 * What a gate says when it lets nobody in: that it is full, or that it was asked for something senseless.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import { RunafterError } from '@runafter/errors';

/** What a gate knows at the moment in which it refuses. */
export interface GateLoad {
  /** How many are in. */
  readonly running: number;
  /** How many wait in its room. */
  readonly waiting: number;
  /**
   * Milliseconds after which there will probably be a place in the room. Undefined as long as nobody has come
   * out of the gate, for then nothing is known.
   */
  readonly retryAfter: number | undefined;
}

/**
 * `GATE_FULL`: as many run as may, and the waiting room is full. Nothing was begun: come back later.
 *
 * Its `status` is that of HTTP for «too many requests», and `retryAfter` is obeyed by `retry()`. So `isThrottled`
 * says yes, as for a service, and an adaptive limiter around it slows down: whoever adds to a full line should.
 */
export class GateFullError extends RunafterError implements GateLoad {
  /** What the gate is called. */
  readonly gate: string;
  readonly status = 429;
  readonly running: number;
  readonly waiting: number;
  readonly retryAfter: number | undefined;

  constructor(gate: string, { running, waiting, retryAfter }: GateLoad) {
    const when = retryAfter === undefined ? 'later' : `in about ${formatDuration(retryAfter)}`;
    super(
      'GATE_FULL',
      `${gate} is full: ${running} run and ${waiting} wait. ` +
        `Come back ${when}, start less at once, or let callers wait outside with whenFull: 'wait'.`,
    );
    this.gate = gate;
    this.running = running;
    this.waiting = waiting;
    this.retryAfter = retryAfter;
  }
}

/** `GATE_OPTION_INVALID`: an option that a gate cannot use. */
export class GateOptionError extends RunafterError {
  /** What the gate is called. */
  readonly gate: string;
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(gate: string, option: string, fix: string) {
    super('GATE_OPTION_INVALID', `${gate}: the option ${option} ${fix}`);
    this.gate = gate;
    this.option = option;
  }
}
