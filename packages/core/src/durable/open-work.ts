/**
 * What a run that has not ended is at work on, as far as its store tells: whatever could start and has no
 * outcome counts as running, and what has ended inside it is brought back.
 *
 * A store has no starts. What runs counts from when it could start, unless something is kept of it: a
 * retry, a deadline, how far a loop has come.
 * Read next: revival.ts, for what has ended.
 * @module
 */
import type { ActionState } from '../engine/action-state.ts';
import { AttemptHistory } from '../engine/detail.ts';
import { Frame } from '../engine/frame.ts';
import type { Progress } from '../engine/journal.ts';
import { ChildExecution } from '../engine/kinds/child-execution.ts';
import type { ForEachExecution } from '../engine/kinds/for-each-execution.ts';
import type { SingleBody } from '../engine/kinds/single-body.ts';
import { containerOf } from '../engine/start-node.ts';
import type { Revival } from './revival.ts';
import {
  indexOfStored,
  queryOfKept,
  reviveIterations,
  reviveRounds,
  unsuccessful,
} from './revived-iterations.ts';

export class OpenWork {
  readonly #revival: Revival;

  constructor(revival: Revival) {
    this.#revival = revival;
  }

  /**
   * Begins what could start in a frame whose ended states are there.
   *
   * @param since - when the frame was opened, in milliseconds since 1970.
   */
  async frame(frame: Frame, since: number): Promise<void> {
    for (const state of frame.states) {
      const ready = state.hasEnded ? undefined : readyTime(state, since);
      if (ready !== undefined) await this.#begin(state, ready);
    }
  }

  async #begin(state: ActionState, ready: number): Promise<void> {
    const { journal } = this.#revival;
    await journal.recall(state);
    const progress: Progress = journal.progress(state) ?? {};
    const started = progress.started ?? ready;
    state.started = started - state.frame.owner.run.epoch;
    switch (state.node.kind) {
      case 'action':
        // A list, and be it an empty one, also says that it has begun.
        state.detail = new AttemptHistory(progress.attempts ?? [], false);
        break;
      case 'delay':
      case 'waitFor':
        state.detail = {};
        break;
      case 'terminate':
        break;
      case 'child':
        await this.#child(state, started);
        break;
      default:
        await this.#container(state, started, progress);
    }
  }

  async #child(state: ActionState, since: number): Promise<void> {
    const { node, frame } = state;
    if (node.kind !== 'child') return;
    const execution = new ChildExecution(frame.owner.run, node, state);
    const child = execution.restore(undefined);
    child.epoch = this.#revival.journal.epochOf(child) ?? since;
    state.detail = execution;
    await this.#revival.frame(child.root.frame);
    await this.frame(child.root.frame, child.epoch);
  }

  async #container(state: ActionState, since: number, { choice }: Progress): Promise<void> {
    const { node } = state;
    const container = containerOf(state.frame.owner.run, state);
    state.detail = container;
    if (node.kind === 'forEach') await this.#loop(container as ForEachExecution, node.keep);
    else if (node.kind === 'until') {
      const { frames } = await reviveRounds(this.#revival, container, undefined);
      const round = new Frame(container, frames.length, undefined);
      await this.#revival.frame(round);
      await this.frame(round, frames.at(-1)?.states.reduce(lastEnd, since) ?? since);
      container.restore(undefined, [...frames, round], []);
    } else {
      const { frame } = container as SingleBody;
      await this.#revival.frame(frame);
      const isOpen = node.kind !== 'condition' && node.kind !== 'switch';
      const branch = frame.body.names.get(String(choice?.name));
      if (isOpen) await this.frame(frame, since);
      else if (branch !== undefined && !frame.at(branch).hasEnded) {
        await this.#begin(frame.at(branch), since);
      }
    }
  }

  async #loop(loop: ForEachExecution, keep: 'all' | 'failures' | 'summary'): Promise<void> {
    const query = keep === 'summary' ? { statuses: unsuccessful, limit: 1 } : queryOfKept(keep);
    const frames = await reviveIterations(this.#revival, loop, query, indexOfStored);
    loop.restore(undefined, frames, []);
  }
}

/** When all that it runs after had ended as it asks; undefined where that is not so. */
function readyTime({ frame, node }: ActionState, since: number): number | undefined {
  let ready = since;
  for (const { from, accepts } of node.runAfter) {
    const before = frame.at(from);
    if ((before.bits & accepts) === 0) return undefined;
    ready = Math.max(ready, before.endTime.getTime());
  }
  return ready;
}

function lastEnd(latest: number, state: ActionState): number {
  return Math.max(latest, state.endTime.getTime());
}
