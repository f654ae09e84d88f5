/**
 * A delay: a timer of the clock that can be told to stop.
 * @module
 */
import { parseDuration } from '@runafter/clock';
import type { DelayNode } from '../../definition/definition.ts';
import { FAILED, RUNNING, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Detail } from '../detail.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import { errorOf } from '../records/secure.ts';
import type { RunEngine } from '../run-engine.ts';
import type { Stop } from '../stop.ts';

export class DelayExecution implements Detail {
  readonly #run: RunEngine;
  readonly #node: DelayNode;
  readonly #state: ActionState;
  #cancelTimer: (() => void) | undefined;

  constructor(run: RunEngine, node: DelayNode, state: ActionState) {
    this.#run = run;
    this.#node = node;
    this.#state = state;
  }

  start(): void {
    const run = this.#run;
    const state = this.#state;
    try {
      const milliseconds = this.#left();
      if (state.bits !== RUNNING) return;
      this.#cancelTimer = run.clock.setTimer(milliseconds, () => {
        run.end(state, SUCCEEDED, undefined);
      });
    } catch (thrown) {
      if (state.bits !== RUNNING) return;
      run.end(state, FAILED, errorOf(thrown, state.node, state.path));
    }
  }

  halt(stop: Stop): void {
    this.#cancelTimer?.();
    this.#run.end(this.#state, stop.bits, stop.error);
  }

  /** A delay that another process began ends when it would have ended there. */
  #left(): number {
    const { journal, clock } = this.#run;
    const due = journal?.progress(this.#state)?.due;
    if (due !== undefined) return Math.max(0, due - clock.now());
    const milliseconds = this.#milliseconds();
    void journal?.save(this.#state, { due: clock.now() + milliseconds });
    return milliseconds;
  }

  #milliseconds(): number {
    const { handed, path } = this.#state;
    const duration = this.#node.duration(handed, new FlowContext(this.#state));
    return parseDuration(duration as string | number, `duration of "${path}"`);
  }
}
