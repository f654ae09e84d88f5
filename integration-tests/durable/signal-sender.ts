/**
 * Sends the signals of a run from outside, some of them more than once, whether a process works on the
 * run or not.
 * @module
 */
import { type RunStore, RunUnknownError, SignalError, signal } from '@runafter/core';
import { chance, type Draw } from '../../packages/core/test/model/draw.ts';
import {
  type PlannedSignal,
  planned,
  plannedSignals,
} from '../../packages/core/test/model/planned-signals.ts';
import { planOf, type RunToDo } from './runs-to-do.ts';

export class SignalSender {
  readonly complaints: string[] = [];
  readonly #runId: string;
  readonly #draw: Draw;
  readonly #left: PlannedSignal[];
  readonly #sent: PlannedSignal[] = [];
  /** Those of which nobody has said what became of them: they may have been kept. */
  readonly #unanswered = new Set<PlannedSignal>();

  constructor({ runId, plan }: RunToDo, draw: Draw) {
    this.#runId = runId;
    this.#draw = draw;
    this.#left = [...plannedSignals(planOf(plan))];
  }

  /** Sends each of those that are left with this chance, and repeats some of the others. */
  async send(store: RunStore, percent: number): Promise<void> {
    for (const repeated of this.#sent.filter(() => chance(this.#draw, 10))) {
      const outcome = await this.#put(store, repeated);
      if (outcome === 'kept') this.complaints.push(`${repeated.id} was taken for a new one`);
    }
    for (const next of this.#left.filter(() => chance(this.#draw, percent))) {
      const mayBeKept = this.#unanswered.has(next);
      this.#unanswered.add(next);
      const outcome = await this.#put(store, next);
      this.#unanswered.delete(next);
      if (outcome === 'unknown') return;
      if (outcome === 'duplicate' && !mayBeKept) {
        this.complaints.push(`${next.id} was taken for a duplicate`);
      }
      this.#left.splice(this.#left.indexOf(next), 1);
      this.#sent.push(next);
    }
  }

  async #put(
    store: RunStore,
    { correlate, id }: PlannedSignal,
  ): Promise<'kept' | 'duplicate' | 'unknown' | 'ended'> {
    try {
      return await signal(store, this.#runId, planned, correlate, { correlate, id });
    } catch (error) {
      if (error instanceof RunUnknownError) return 'unknown';
      if (error instanceof SignalError && error.code === 'RUN_ENDED') return 'ended';
      throw error;
    }
  }
}
