/**
 * What is known of a run in constant memory: counts, durations, failures that were handled.
 *
 * Records that are kept are read when somebody asks; iterations that a loop drops are added to its
 * run's digest first. So nothing is counted on the way of an action that keeps its record.
 * @module
 */

import type { ActionError } from '../result.ts';
import { SKIPPED, type Status, SUCCEEDED, UNSUCCESSFUL } from '../status.ts';
import type { ActionState } from './action-state.ts';
import { DurationSketch } from './duration-sketch.ts';
import type { Frame } from './frame.ts';

/** A failure that did not fail the container around it. */
export interface HandledFailure {
  readonly path: string;
  readonly status: Status;
  readonly error: ActionError | undefined;
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
  unsettled: string[] = [];
  readonly #sketches = new Map<string, DurationSketch>();

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
      this.#sketchAt(state.node.address).add(state);
    }
    if ((state.bits & UNSUCCESSFUL) !== 0) this.#addFailure(state, handled);
    if (state.unsettled && this.unsettled.length < mostListed) this.unsettled.push(state.path);
  }

  #addFailure(state: ActionState, handled: boolean): void {
    const { path, status, error } = state;
    if (handled && this.handledFailures.length < mostListed) {
      this.handledFailures.push({ path, status, error });
    }
    if (state.node.criticality === 'important' && this.flagged.length < mostListed) {
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

  /** Takes over what another digest has counted; `child` is the action whose child workflow it is of. */
  merge(other: Digest, child?: ActionState): void {
    const inside = child === undefined ? '' : `${child.path}/`;
    const below = child === undefined ? '' : `${child.node.address}/`;
    this.executed += other.executed;
    this.skipped += other.skipped;
    this.attempts += other.attempts;
    this.payloadBytes += other.payloadBytes;
    this.handledFailures = firstOf(this.handledFailures, placed(other.handledFailures, inside));
    this.flagged = firstOf(this.flagged, placed(other.flagged, inside));
    this.unsettled = firstOf(
      this.unsettled,
      other.unsettled.map((path) => inside + path),
    );
    for (const [address, sketch] of other.#sketches) {
      this.#sketchAt(below + address).merge(sketch, inside);
    }
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

/** Failures with the paths that they have around the child workflow that they are of. */
function placed(failures: readonly HandledFailure[], inside: string): readonly HandledFailure[] {
  if (inside === '') return failures;
  return failures.map((failure) => ({ ...failure, path: inside + failure.path }));
}

function firstOf<T>(own: T[], others: readonly T[]): T[] {
  const room = mostListed - own.length;
  return room === 0 || others.length === 0 ? own : own.concat(others.slice(0, room));
}
