/**
 * Brings back what has ended: from the outcomes of a frame to its states, with everything inside them,
 * as if they had ended in this process.
 *
 * Invariant: after `frame` every state that has an outcome is as it was, in every way that a user can
 * see, and every other one is untouched. Nothing is counted down and nobody is told.
 * Read next: run-engine.ts, which goes on from there; revived-iterations.ts.
 * @module
 */
import { ActionState, NOTHING } from '../engine/action-state.ts';
import type { BodyOwner } from '../engine/body-owner.ts';
import { AttemptHistory } from '../engine/detail.ts';
import type { Frame } from '../engine/frame.ts';
import { handOver } from '../engine/hand-over.ts';
import { shieldedNode } from '../engine/handlers/shielded-activity.ts';
import { ChildExecution } from '../engine/kinds/child-execution.ts';
import type { ForEachExecution, KeptOfLoop } from '../engine/kinds/for-each-execution.ts';
import type { SingleBody } from '../engine/kinds/single-body.ts';
import { containerOf } from '../engine/start-node.ts';
import { type Stop, stopAgain } from '../engine/stop.ts';
import type { FrameQuery, StoredOutcome } from '../ports/run-store.ts';
import type { ActionError } from '../result.ts';
import {
  CANCELLED,
  FAILED,
  SKIPPED,
  type StatusBits,
  SUCCEEDED,
  statusBits,
  TIMED_OUT,
} from '../status.ts';
import { RunUnknownError } from './durable-errors.ts';
import type { OutcomeDetails } from './outcome-entry.ts';
import { outcomePages } from './outcome-pages.ts';
import { framePath, statePath } from './place.ts';
import {
  indexOfStored,
  queryOfKept,
  reviveIterations,
  reviveRounds,
} from './revived-iterations.ts';
import type { RunJournal } from './run-journal.ts';
import { isSecure } from './sealing.ts';

/** What of a run is brought back. */
export interface RevivalScope {
  /** Of the values that it worked on: all, outputs that are not secure, or none. Default: all. */
  readonly values?: 'all' | 'plain outputs' | 'none';
  /** Which of the iterations that a loop keeps. Default: all. */
  readonly choose?: (outcomes: AsyncIterable<StoredOutcome>) => AsyncIterable<StoredOutcome>;
}

export class Revival {
  readonly journal: RunJournal;
  readonly scope: RevivalScope;
  /** Outcomes of functions of last phases, by path; a definition has no place for them. */
  readonly #shielded = new Map<string, StoredOutcome>();

  constructor(journal: RunJournal, scope: RevivalScope = {}) {
    this.journal = journal;
    this.scope = scope;
  }

  /** Brings back what has ended in a frame. */
  async frame(frame: Frame): Promise<void> {
    for (const outcome of await this.#statesOf(frame)) {
      this.#shielded.set(`${outcome.frame}/${outcome.key}`, outcome);
    }
    if (framePath(frame) === '') await this.#checkKept();
  }

  /** What is missing of a run that has ended was deleted while it was read, and must not run again. */
  async #checkKept(): Promise<void> {
    const { run, store } = this.journal.parts;
    if (run.end === undefined) return;
    if ((await store.readRun(run.runId)) === undefined) throw new RunUnknownError(run.runId);
  }

  /** Brings back the states of a frame; gives the outcomes of what has no place in it. */
  async #statesOf(frame: Frame): Promise<readonly StoredOutcome[]> {
    const { run, store } = this.journal.parts;
    const outcomes = await store.readFrame(run.runId, framePath(frame));
    const left = new Map(outcomes.map((outcome) => [String(outcome.key), outcome]));
    for (const state of frame.states) {
      const outcome = left.get(state.name);
      if (outcome !== undefined) await this.state(state, outcome);
      left.delete(state.name);
    }
    return [...left.values()];
  }

  /** Outcomes of a frame, read in parts. */
  async *outcomes(frame: string, query: FrameQuery = {}): AsyncIterable<StoredOutcome> {
    const { run, store } = this.journal.parts;
    for await (const page of outcomePages(store, run.runId, frame, query)) yield* page;
  }

  /** Brings back a function of a last phase; false where it has no outcome. */
  async shielded(state: ActionState): Promise<boolean> {
    const outcome = this.#shielded.get(statePath(state));
    if (outcome === undefined) return false;
    await this.state(state, outcome);
    return true;
  }

  /** Brings back one action or container. */
  async state(state: ActionState, outcome: StoredOutcome): Promise<void> {
    const { run } = state.frame.owner;
    const bits = statusBits(outcome.status);
    const details = await this.details(outcome, state);
    state.handed = bits === SKIPPED ? NOTHING : handOver(state.frame, state.node.inputs);
    state.started = outcome.startTime - run.epoch;
    state.ended = outcome.endTime - run.epoch;
    run.catchUpWith(outcome.endTime);
    state.value = bits === SUCCEEDED ? await this.#output(outcome, state) : outcome.error;
    if (bits !== SKIPPED) await this.#inside(state, bits, details);
    // The explanation goes on to what is inside where the error is not the container's own.
    const isDerived = bits !== SUCCEEDED && bits !== SKIPPED && details.own === undefined;
    if (isDerived && state.detail?.deciding?.() !== undefined) state.value = undefined;
    state.bits = bits;
  }

  async #output(outcome: StoredOutcome, state: ActionState): Promise<unknown> {
    const { sealing } = this.journal.parts;
    const { outputs } = outcome;
    const { values = 'all' } = this.scope;
    if (values === 'none' || (values !== 'all' && isSecure(state))) return undefined;
    return outputs && sealing.read(outputs, `The output of "${state.path}"`);
  }

  /** What an outcome tells beside its fields. */
  async details(outcome: StoredOutcome, state: ActionState): Promise<OutcomeDetails> {
    if (outcome.details === undefined) return {};
    const what = `What is kept of "${state.path}"`;
    const { sealing } = this.journal.parts;
    return ((await sealing.read(outcome.details, what)) ?? {}) as OutcomeDetails;
  }

  async #inside(
    state: ActionState,
    bits: StatusBits,
    { attempts, unsettled, kept }: OutcomeDetails,
  ): Promise<void> {
    const { node, frame } = state;
    switch (node.kind) {
      case 'action':
      case 'shielded':
        if (attempts || unsettled) state.detail = new AttemptHistory(attempts, unsettled ?? false);
        break;
      case 'child':
        await this.#child(state, new ChildExecution(frame.owner.run, node, state));
        break;
      case 'delay':
      case 'waitFor':
      case 'terminate':
        break;
      default: {
        const container = containerOf(frame.owner.run, state);
        container.stop = orderThatEnded(state, bits);
        await this.#container(state, container, kept);
      }
    }
  }

  async #child(state: ActionState, execution: ChildExecution): Promise<void> {
    const { given, started } = await this.journal.recallEnded(state);
    const child = execution.restore(given?.value);
    const bits = state.value === undefined ? SUCCEEDED : FAILED;
    child.restore(bits, started ?? state.startTime.getTime(), state.endTime.getTime());
    await this.#closed(child.root.frame);
    state.detail = execution;
  }

  async #container(state: ActionState, container: BodyOwner, kept: unknown): Promise<void> {
    const { node } = state;
    if (node.kind === 'until') {
      const { given } = await this.journal.recallEnded(state);
      const { frames } = await reviveRounds(this, container, given?.value);
      container.restore(kept, frames, []);
    } else if (node.kind === 'forEach') {
      const loop = container as ForEachExecution;
      const { first } = (kept ?? {}) as Partial<KeptOfLoop>;
      const query =
        node.keep === 'summary'
          ? { keys: first === undefined ? [] : [first] }
          : queryOfKept(node.keep);
      const frames = await reviveIterations(this, loop, query, indexOfStored);
      container.restore(kept, frames, []);
    } else {
      const { frame } = container as SingleBody;
      container.restore(kept, [frame], await this.#closed(frame));
    }
    state.detail = container;
  }

  /** Brings back a frame of which nothing runs any more, and the functions of its last phase. */
  async #closed(frame: Frame): Promise<ActionState[]> {
    const others = await this.#statesOf(frame);
    frame.remaining = frame.states.filter(({ hasEnded }) => !hasEnded).length;
    const shielded: ActionState[] = [];
    // In the order in which they were called.
    for (const outcome of others.toSorted((a, b) => a.startTime - b.startTime)) {
      if (frame.owner.state?.node.kind !== 'container') break;
      const state = new ActionState(shieldedNode(String(outcome.key), frame), frame);
      await this.state(state, outcome);
      shielded.push(state);
    }
    return shielded;
  }
}

/** A container that ended so was told to; what is inside explains itself with it. */
function orderThatEnded(state: ActionState, bits: StatusBits): Stop | undefined {
  const error = state.value as ActionError | undefined;
  if (error === undefined || (bits !== CANCELLED && bits !== TIMED_OUT)) return undefined;
  return stopAgain({ bits, code: error.code, message: error.message });
}
