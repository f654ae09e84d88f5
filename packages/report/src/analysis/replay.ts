/**
 * What a run would have taken if some of its actions had taken no time: everything else is run again with
 * the lengths that were measured.
 *
 * What it assumes:
 * - An action takes as long as it took, retries and what it waited for inside its handler included.
 * - It begins as long after it could as it did then: what was waited in the queue of a limiter, or under
 *   `maxConcurrentActions`, stays as it was measured, also where there would have been less of a crowd.
 * - A loop lets its iterations in by its window, in the order of their starts; one of an adaptive limiter is
 *   as wide as its `max`, and what it then held back stays as it was measured.
 * - What was skipped, chosen or stopped then is so again. A loop of which not every iteration is known
 *   takes as long as it took, whatever is inside.
 * - An action without time does not wait in a queue either.
 *
 * Invariant: with nothing taken out, the time is that of the run.
 * @module
 */
import { isLoop, isWork, partsOf, type Step, type Trace } from './trace.ts';
import { Window } from './window.ts';

/**
 * Milliseconds that the run would take.
 *
 * @param without - the address of the actions that take no time; undefined for none.
 */
export function replay(trace: Trace, without: string | undefined): number {
  return new Replay(trace, without).makespan();
}

class Replay {
  readonly #trace: Trace;
  readonly #without: string | undefined;
  /** How long each step takes, from when it begins; an iteration from when there is room for it. */
  readonly #lengths: Float64Array;
  /** When each step ends, from the beginning of what is around it. */
  readonly #ends: Float64Array;

  constructor(trace: Trace, without: string | undefined) {
    this.#trace = trace;
    this.#without = without;
    this.#lengths = new Float64Array(trace.steps.length);
    this.#ends = new Float64Array(trace.steps.length);
  }

  makespan(): number {
    const { steps, children, start, end } = this.#trace;
    // Against their order: what is inside before what is around it.
    for (let index = steps.length - 1; index >= 0; index--) {
      this.#lengths[index] = this.#lengthOf(steps[index] as Step);
    }
    return this.#endOfAll(children) + tailOf(children, start, end);
  }

  #lengthOf(step: Step): number {
    const { execution, start, end } = step;
    const parts = partsOf(step);
    if (execution.status === 'Skipped' || this.#isOut(step)) return 0;
    if (parts.length === 0) return end - start;
    const last = isLoop(execution) ? this.#endOfLoop(step) : this.#endOfAll(parts);
    return last + tailOf(parts, start, end);
  }

  #isOut(step: Step): boolean {
    return step.execution.address === this.#without && isWork(step);
  }

  /** When the last of these ends that stand in one body. */
  #endOfAll(children: readonly Step[]): number {
    let last = 0;
    for (const child of children) {
      let ready = 0;
      for (const { index } of child.before) ready = Math.max(ready, this.#ends[index] as number);
      const lag = this.#isOut(child) ? 0 : child.start - child.ready;
      const end = ready + lag + (this.#lengths[child.index] as number);
      this.#ends[child.index] = end;
      last = Math.max(last, end);
    }
    return last;
  }

  #endOfLoop({ children, window: width }: Step): number {
    const window = new Window(width);
    let last = 0;
    for (const { index } of children) {
      const ready = window.makeRoom()?.end ?? 0;
      const end = ready + (this.#lengths[index] as number);
      window.add({ end });
      last = Math.max(last, end);
    }
    return last;
  }
}

/** What a container still did once everything inside had ended. */
function tailOf(parts: readonly Step[], start: number, end: number): number {
  let last = start;
  for (const part of parts) last = Math.max(last, part.end);
  return Math.max(0, end - last);
}
