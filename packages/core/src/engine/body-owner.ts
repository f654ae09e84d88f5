/**
 * A container that runs: it owns the frames of its body, can be told to stop, and ends once.
 *
 * Invariant: it ends only when no frame of it has anything left that runs. Told to stop, it passes the
 * order on and waits for what runs to settle.
 * Read next: single-body.ts, the simplest one; for-each-execution.ts, the largest.
 * @module
 */
import type { Body } from '../definition/definition.ts';
import type { ActionError } from '../result.ts';
import { FAILED, RUNNING, type StatusBits, SUCCEEDED } from '../status.ts';
import { type ActionState, NOTHING } from './action-state.ts';
import type { Detail } from './detail.ts';
import type { Frame } from './frame.ts';
import type { ActionRecord } from './records/action-record.ts';
import type { Digest } from './records/digest.ts';
import { errorOfCause } from './records/explain.ts';
import { errorOf } from './records/secure.ts';
import type { RunEngine } from './run-engine.ts';
import { type Stop, timedOut } from './stop.ts';

const NO_STATES: readonly ActionState[] = Object.freeze([]);

export abstract class BodyOwner implements Detail {
  readonly run: RunEngine;
  readonly body: Body;
  /** The container's own state; undefined for the run itself. */
  readonly state: ActionState | undefined;
  /** Set once it was told to stop. */
  stop: Stop | undefined = undefined;
  protected ended = false;
  #cancelTimer: (() => void) | undefined = undefined;

  constructor(run: RunEngine, body: Body, state: ActionState | undefined) {
    this.run = run;
    this.body = body;
    this.state = state;
  }

  get inputs(): readonly unknown[] {
    return this.state === undefined ? NOTHING : this.state.handed;
  }

  get path(): string {
    return this.state === undefined ? '' : this.state.path;
  }

  /** What an iteration is known by in a store, besides the path of its loop. */
  iterationKey(frame: Frame): string | number {
    return frame.index;
  }

  /** How many iterations there will be, where that is known. */
  get total(): number | undefined {
    return undefined;
  }

  /** Opens its first frame; called once. */
  abstract begin(): void;

  /** Everything in this frame has ended. */
  abstract frameEnded(frame: Frame): void;

  /** The frames that something runs in. */
  protected abstract openFrames(): Iterable<Frame>;

  /** The frames of which records are kept. */
  protected abstract keptFrames(): readonly Frame[];

  /** Called after everything inside was told to stop. */
  protected halted?(): void;

  /** Called before a child starts, which waits for the promise if there is one. */
  childStarting?(state: ActionState): Promise<void> | undefined;

  /** Called after a child has ended. */
  childEnded?(state: ActionState): void;

  start(): void {
    this.beginWithin(this.state?.node.timeout);
  }

  /** Begins, and is told to stop when its time is up. */
  beginWithin(timeout: number | undefined): void {
    const { run, state } = this;
    const left = timeout === undefined ? undefined : run.timeLeft(state ?? run, timeout);
    if (left !== undefined && this.stop === undefined) {
      this.#cancelTimer = this.run.clock.setTimer(left, () => this.timeIsUp());
    }
    this.begin();
    // Nothing may start between the end of its time, which a restart can have slept through, and a timer.
    if (left === 0 && timeout !== 0) this.timeIsUp();
  }

  protected timeIsUp(): void {
    const { path } = this;
    this.halt(timedOut('CONTAINER_TIMED_OUT', `"${path}" took longer than its timeout allows.`));
  }

  halt(stop: Stop): void {
    if (this.stop !== undefined || this.ended) return;
    this.stop = stop;
    this.#cancelTimer?.();
    for (const frame of [...this.openFrames()]) {
      for (const state of frame.states) {
        if (state.bits === RUNNING) state.detail?.halt?.(stop);
      }
    }
    this.halted?.();
    this.run.drain();
  }

  /** Ends the container: as it was told to stop, or with this status. */
  protected end(bits: StatusBits, error?: ActionError): void {
    if (this.ended) return;
    this.ended = true;
    this.#cancelTimer?.();
    const { state, stop } = this;
    if (state === undefined) return;
    if (stop !== undefined) this.run.end(state, stop.bits, stop.error);
    else this.run.end(state, bits, bits === SUCCEEDED ? undefined : error);
  }

  /** Ends the container as Failed with what one of its own functions has thrown. */
  protected fail(thrown: unknown): void {
    const { state } = this;
    if (state !== undefined) this.end(FAILED, errorOf(thrown, state.node, state.path));
  }

  /** What its kind keeps of it once it has ended, beside what is inside. */
  kept(): unknown {
    return undefined;
  }

  /** Called when it is there again with its frames, and what `kept` gave when it ended. */
  protected restored?(
    kept: unknown,
    frames: readonly Frame[],
    shielded: readonly ActionState[],
  ): void;

  /** It ended in another process, and is only read here. */
  restore(kept: unknown, frames: readonly Frame[], shielded: readonly ActionState[]): void {
    this.ended = true;
    this.restored?.(kept, frames, shielded);
  }

  /** The frames of which records are kept, and those that something runs in. */
  frames(): ReadonlySet<Frame> {
    return new Set([...this.keptFrames(), ...this.openFrames()]);
  }

  /** Why iterations failed before their body began, by index. */
  iterationErrors(): ReadonlyMap<number, ActionError> | undefined {
    return undefined;
  }

  /** What its kind does once everything inside has ended. */
  lastPhase(): readonly ActionState[] {
    return NO_STATES;
  }

  records(): readonly ActionRecord[] {
    return this.keptFrames().flatMap((frame) => frame.states.filter((state) => state.hasEnded));
  }

  deciding(): ActionState | undefined {
    return undefined;
  }

  error(): ActionError | undefined {
    return errorOfCause(this.deciding());
  }

  digest(digest: Digest): void {
    for (const frame of this.keptFrames()) digest.addFrame(frame);
  }
}
