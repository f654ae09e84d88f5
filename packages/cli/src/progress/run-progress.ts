/**
 * How far a run is, counted from its events.
 *
 * Invariant: what has been counted is never taken back, and what has ended counts as done with everything
 * in it, so that a branch that was not taken and a loop that was left early do not hold the bar up.
 * @module
 */
import { isThrottled } from '@runafter/clock';
import type { RecordKind, RunEvent, WorkflowDescription } from '@runafter/core';
import { type OutlineStep, outlineOf } from './outline.ts';

/** An action that runs, or waits for its next attempt. */
export interface RunningAction {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly attempt: number;
  /** Undefined while its handler is at work. */
  readonly retry: { readonly at: number; readonly isThrottled: boolean } | undefined;
}

/** Items of a loop. */
export interface LoopProgress {
  readonly path: string;
  readonly done: number;
  /** Undefined where nobody can know: streams. */
  readonly total: number | undefined;
}

/** What does something itself; the others only have something in them. */
const works: ReadonlySet<RecordKind> = new Set(['action', 'shielded', 'child', 'delay', 'waitFor']);

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** See the module's header. */
export class RunProgress {
  readonly workflow: string;
  readonly #steps: ReadonlyMap<string, OutlineStep>;
  readonly #done = new Set<string>();
  readonly #loops = new Map<string, { done: number; total: number | undefined }>();
  readonly #running = new Map<string, RunningAction>();
  /** Actions that ended Failed or TimedOut, handled or not. */
  failures = 0;
  /** Attempts that were made again, and how many of them because a service asked to slow down. */
  retries = 0;
  throttled = 0;

  constructor(description: WorkflowDescription) {
    this.workflow = description.name;
    this.#steps = outlineOf(description);
  }

  get done(): number {
    const items = [...this.#loops.values()].reduce((sum, { done }) => sum + done, 0);
    return this.#done.size + items;
  }

  get total(): number {
    const items = [...this.#loops.values()].reduce(
      (sum, each) => sum + (each.total ?? each.done),
      0,
    );
    return this.#steps.size + items;
  }

  /** What runs now, what has run longest first. */
  get running(): readonly RunningAction[] {
    return [...this.#running.values()];
  }

  /** Counts items of a loop that an earlier process has done. */
  addEarlier(address: string, items: number): void {
    const loop = this.#loopAt(address);
    if (loop !== undefined) loop.done += items;
  }

  /** Counts what an earlier process has ended, with everything in it. */
  addEnded(address: string): void {
    this.#finish(address);
  }

  /** The loop outside of loops at an address; undefined for any other one. */
  loop(address: string): LoopProgress | undefined {
    const loop = this.#loops.get(address);
    return loop && { path: address, ...loop };
  }

  observe(event: RunEvent): void {
    switch (event.type) {
      case 'action.started':
        this.#actionStarted(event);
        break;
      case 'attempt.started':
        this.#attemptStarted(event);
        break;
      case 'attempt.ended':
        this.#attemptEnded(event);
        break;
      case 'action.ended':
        this.#actionEnded(event);
        break;
      case 'iteration.started':
        this.#iterationStarted(event);
        break;
      case 'iteration.ended':
        this.#iterationEnded(event);
        break;
    }
  }

  #actionStarted({ path, kind, time }: EventOf<'action.started'>): void {
    if (!works.has(kind)) return;
    this.#running.set(path, { path, since: time.getTime(), attempt: 1, retry: undefined });
  }

  #attemptStarted({ path, attempt, time }: EventOf<'attempt.started'>): void {
    const since = this.#running.get(path)?.since ?? time.getTime();
    this.#running.set(path, { path, since, attempt, retry: undefined });
  }

  #attemptEnded({ path, attempt, time, wait, error }: EventOf<'attempt.ended'>): void {
    if (wait === undefined) return;
    const throttled = isThrottled(error?.cause);
    this.retries++;
    if (throttled) this.throttled++;
    const since = this.#running.get(path)?.since ?? time.getTime();
    const retry = { at: time.getTime() + wait, isThrottled: throttled };
    this.#running.set(path, { path, since, attempt, retry });
  }

  #actionEnded({ path, kind, status }: EventOf<'action.ended'>): void {
    this.#running.delete(path);
    if ((status === 'Failed' || status === 'TimedOut') && works.has(kind)) this.failures++;
    this.#finish(path);
  }

  #finish(address: string): void {
    const step = this.#steps.get(address);
    if (step === undefined) return;
    this.#done.add(address);
    const loop = this.#loops.get(address);
    if (loop?.total !== undefined) loop.done = loop.total;
    for (const inside of step.inside) this.#finish(inside.address);
  }

  #iterationStarted({ path, total }: EventOf<'iteration.started'>): void {
    const loop = this.#loopAt(loopOf(path));
    if (loop !== undefined) loop.total = total;
  }

  #iterationEnded({ path, total }: EventOf<'iteration.ended'>): void {
    const loop = this.#loopAt(loopOf(path));
    if (loop === undefined) return;
    loop.total = total;
    loop.done = Math.min(loop.done + 1, total ?? Number.POSITIVE_INFINITY);
  }

  /** Loops in loops are counted by the items of the outer one. */
  #loopAt(address: string): { done: number; total: number | undefined } | undefined {
    if (!this.#steps.has(address)) return undefined;
    let loop = this.#loops.get(address);
    if (loop === undefined) {
      loop = { done: 0, total: undefined };
      this.#loops.set(address, loop);
    }
    return loop;
  }
}

/** `Orders` for `Orders[3]`, `Orders[3]/Lines` for `Orders[3]/Lines[0]`: names have no brackets. */
export function loopOf(path: string): string {
  return path.slice(0, path.indexOf('[', path.lastIndexOf(']/') + 1));
}
