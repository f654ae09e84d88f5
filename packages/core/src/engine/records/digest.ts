/**
 * What is known of a run in constant memory: counts, durations, failures that were handled.
 *
 * Records that are kept are read when somebody asks; iterations that a loop drops are added to its
 * run's digest first. So nothing is counted on the way of an action that keeps its record.
 * @module
 */

import type { Criticality } from '../../definition/definition.ts';
import type { ActionError } from '../../result.ts';
import { FAILURE, SKIPPED, type Status, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Frame } from '../frame.ts';
import { DurationSketch } from './duration-sketch.ts';

/** A failure that did not fail the container around it. */
export interface HandledFailure {
  readonly path: string;
  readonly status: Status;
  readonly error: ActionError | undefined;
}

/** Why a failure did not fail the container around it: it is not critical. */
export interface SparedFailure extends HandledFailure {
  readonly criticality: Exclude<Criticality, 'critical'>;
}

/** How long one execution of an action took. */
export interface TimedAction {
  readonly path: string;
  /** Milliseconds. */
  readonly duration: number;
}

/** An execution that took far longer than its siblings in the loop: it often points at throttling. */
export interface TimeOutlier extends TimedAction {
  /** The median duration of the same action, in milliseconds. */
  readonly median: number;
}

/** What a run has used. */
export interface Usage {
  /** Actions and containers that ran, in every iteration. */
  readonly executed: number;
  /** Skipped ones; a skipped container counts once. */
  readonly skipped: number;
  /** Calls of handlers, retries included. */
  readonly attempts: number;
  /** Bytes of outputs as JSON, of the actions with a payload limit. */
  readonly payloadBytes: number;
  /** The slowest handlers, slowest first, at most 10. */
  readonly slowest: readonly TimedAction[];
  /** At most 10 for each action of a loop. */
  readonly outliers: readonly TimeOutlier[];
}

/** No list grows longer, so that the digest of a million iterations takes constant memory. */
const mostListed = 1000;

export class Digest {
  executed = 0;
  skipped = 0;
  attempts = 0;
  payloadBytes = 0;
  handledFailures: HandledFailure[] = [];
  flagged: HandledFailure[] = [];
  /** Only of records that are kept: what explains a run must be the same after a restart. */
  spared: SparedFailure[] = [];
  unsettled: string[] = [];
  readonly #sketches = new Map<string, DurationSketch>();
  readonly #ofKept: boolean;

  /** @param of - what it counts: records that are kept (default), or some that are dropped. */
  constructor(of: 'kept' | 'dropped' = 'kept') {
    this.#ofKept = of === 'kept';
  }

  /** Adds everything that has ended in a frame, and what is inside it. */
  addFrame(frame: Frame): void {
    const { state, run } = frame.owner;
    // A round of an until may fail, and a later one make the until Succeed all the same.
    const handled = frame.bits === SUCCEEDED || (state?.bits ?? run.bits) === SUCCEEDED;
    const count = frame.body.nodes.length;
    for (let index = 0; index < count; index++) this.#add(frame.at(index), handled);
  }

  /** Adds what a container kind has done in its last phase. */
  addShielded(states: readonly ActionState[], handled: boolean): void {
    for (const state of states) this.#add(state, handled);
  }

  #add(state: ActionState, handled: boolean): void {
    state.detail?.digest?.(this);
    if (!state.hasEnded) return;
    if (state.bits === SKIPPED) {
      this.skipped++;
      return;
    }
    if (state.node.kind !== 'branch') this.executed++;
    if (state.node.kind === 'action' || state.node.kind === 'shielded') {
      this.attempts += state.detail?.attempts?.()?.length ?? 1;
      this.#sketchAt(state.fullAddress).add(state);
    }
    if ((state.bits & FAILURE) !== 0) this.#addFailure(state, handled);
    if (state.unsettled && this.unsettled.length < mostListed) this.unsettled.push(state.fullPath);
  }

  #addFailure(state: ActionState, handled: boolean): void {
    const { fullPath: path, status, error } = state;
    if (handled && this.handledFailures.length < mostListed) {
      this.handledFailures.push({ path, status, error });
    }
    const { criticality } = state.node;
    if (this.#ofKept && handled && criticality !== 'critical' && this.spared.length < mostListed) {
      this.spared.push({ path, status, error, criticality });
    }
    if (criticality === 'important' && this.flagged.length < mostListed) {
      this.flagged.push({ path, status, error });
    }
  }

  #sketchAt(address: string): DurationSketch {
    let sketch = this.#sketches.get(address);
    if (sketch === undefined) {
      sketch = new DurationSketch();
      this.#sketches.set(address, sketch);
    }
    return sketch;
  }

  /** Takes over what another digest has counted. */
  merge(other: Digest): void {
    this.executed += other.executed;
    this.skipped += other.skipped;
    this.attempts += other.attempts;
    this.payloadBytes += other.payloadBytes;
    this.handledFailures = firstOf(this.handledFailures, other.handledFailures);
    this.flagged = firstOf(this.flagged, other.flagged);
    if (this.#ofKept) this.spared = firstOf(this.spared, other.spared);
    this.unsettled = firstOf(this.unsettled, other.unsettled);
    for (const [address, sketch] of other.#sketches) this.#sketchAt(address).merge(sketch);
  }

  usage(): Usage {
    const sketches = [...this.#sketches.values()];
    const slowest = sketches.flatMap((sketch) => sketch.slowest);
    return {
      executed: this.executed,
      skipped: this.skipped,
      attempts: this.attempts,
      payloadBytes: this.payloadBytes,
      slowest: slowest.toSorted((a, b) => b.duration - a.duration).slice(0, 10),
      outliers: sketches.flatMap((sketch) => sketch.outliers()),
    };
  }
}

function firstOf<T>(own: T[], others: readonly T[]): T[] {
  const room = mostListed - own.length;
  return room === 0 || others.length === 0 ? own : own.concat(others.slice(0, room));
}
