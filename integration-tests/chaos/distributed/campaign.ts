/**
 * The runs of one store: workers are told to begin them, signals are sent to them, and their ends are waited for.
 *
 * Invariant: whatever is not known to be stored is begun again, by whichever worker lives, under the same id. And
 * runs are begun in step with the kills, so that a fast machine sees as many of them as a slow one.
 * @module
 */
import { type Random, systemClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { seededDraw } from '../../../packages/core/test/model/draw.ts';
import { SignalSender } from '../../durable/signal-sender.ts';
import type { Crew } from '../harness/crew.ts';
import type { ChaosSize } from './backend.ts';
import type { PlannedRun } from './planned-run.ts';
import type { Order, Report } from './task.ts';

/** Milliseconds between two looks at everything. */
const tick = 100;
/** A worker that has not begun a run within so many milliseconds is dead, or slower than another one. */
const orderTime = 3_000;
/** When no run has ended for so many milliseconds, those that are left are stuck. */
export const patience = 120_000;
/** The chance of each signal to be sent at a look, in percent: some come before anybody waits, some late. */
const signalChance = 20;

/** What a campaign works with. */
export interface CampaignTools {
  readonly runs: readonly PlannedRun[];
  readonly size: ChaosSize;
  readonly crew: Pick<Crew, 'kills' | 'tell'>;
  /** Past all faulty networks. */
  readonly store: RunStore;
  readonly seed: string;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** A run that has not ended yet. */
interface Pending {
  readonly run: PlannedRun;
  readonly signals: SignalSender;
  isStored: boolean;
  /** On the monotonic clock, when a worker was told to begin it. */
  orderedAt: number;
}

export class Campaign {
  /** Resolves when all runs have ended, or nothing has for a long time. */
  readonly finished: Promise<void>;
  readonly #tools: CampaignTools;
  readonly #pending = new Map<string, Pending>();
  readonly #ready = new Set<number>();
  #begun = 0;
  #ended = 0;
  #endedAt = systemClock.monotonic();
  /** Why the store could not be asked the last time; undefined when it could. */
  #fault: unknown;
  readonly #complaints: string[] = [];

  constructor(tools: CampaignTools) {
    this.#tools = tools;
    this.finished = this.#go();
    this.finished.catch(() => {});
  }

  /** How many runs a worker was told to begin. */
  get begun(): number {
    return this.#begun;
  }

  /** Every run was begun, and as many workers were killed as should be. */
  get isDamaged(): boolean {
    const { runs, size, crew } = this.#tools;
    return this.#begun === runs.length && crew.kills >= size.kills;
  }

  /** How many runs have ended. */
  get done(): number {
    return this.#ended;
  }

  /** What else is wrong, as sentences: signals that were not taken as they should be. */
  get complaints(): string[] {
    const fault = this.#fault as Error | undefined;
    return [
      ...this.#complaints,
      ...(fault === undefined ? [] : [`The store could not be read: ${fault.message}`]),
    ];
  }

  /** What a worker says. */
  hear(worker: number, report: Report): void {
    if (report.kind === 'ready') this.#ready.add(worker);
    if (report.kind !== 'started') return;
    const pending = this.#pending.get(report.runId);
    if (pending !== undefined) pending.isStored = true;
  }

  async #go(): Promise<void> {
    const { runs, signal } = this.#tools;
    while (this.#begun < runs.length || this.#pending.size > 0) {
      signal.throwIfAborted();
      if (systemClock.monotonic() - this.#endedAt > patience) return;
      this.#beginWhatIsDue();
      const looks = [...this.#pending.values()].map((pending) => this.#lookAt(pending));
      await Promise.all([...looks, systemClock.sleep(tick)]);
    }
  }

  #beginWhatIsDue(): void {
    const { runs, size, crew, seed } = this.#tools;
    const now = systemClock.monotonic();
    const share = Math.min(1, crew.kills / size.kills);
    const due = size.atOnce + Math.floor(share * (runs.length - size.atOnce));
    while (this.#begun < due && this.#pending.size < size.atOnce && this.#ready.size > 0) {
      const run = runs[this.#begun++] as PlannedRun;
      const signals = new SignalSender(run, seededDraw(`${seed} signals of ${run.runId}`));
      const pending = { run, signals, isStored: false, orderedAt: now };
      this.#pending.set(run.runId, pending);
      this.#order(pending);
    }
    for (const pending of this.#pending.values()) {
      if (pending.isStored || now - pending.orderedAt < orderTime) continue;
      pending.orderedAt = now;
      this.#order(pending);
    }
  }

  #order({ run }: Pending): void {
    const workers = [...this.#ready];
    const worker = workers[Math.floor(this.#tools.random() * workers.length)] as number;
    this.#tools.crew.tell(worker, { kind: 'start', run } satisfies Order);
  }

  /** While Redis is away, what was not heard is asked again. */
  async #lookAt({ run: { runId }, signals, isStored }: Pending): Promise<void> {
    if (!isStored) return;
    const { store } = this.#tools;
    try {
      await signals.send(store, signalChance);
      const stored = await store.readRun(runId);
      this.#fault = undefined;
      if (stored !== undefined && stored.end === undefined) return;
      // Of one that is lost nothing will come either.
      this.#pending.delete(runId);
      this.#complaints.push(...signals.complaints.map((one) => `${runId}: ${one}.`));
      if (stored === undefined) return;
      this.#ended++;
      this.#endedAt = systemClock.monotonic();
    } catch (error) {
      this.#fault = error;
    }
  }
}
