/**
 * Two processes and one run: one falls asleep while its lease expires, the other takes over, and the
 * first one wakes up again at any moment.
 * @module
 */
import { type Clock, type VirtualClock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type OutcomeEntry,
  type Recorded,
  type RunEnd,
  type RunResult,
  type RunStore,
  resume,
  start,
  type Writer,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { differences, type Recorded as RecordedRun } from '../model/compare.ts';
import { type Draw, pick, seededDraw } from '../model/draw.ts';
import { DurableJournal, runId } from '../model/durable-journal.ts';
import { ObservedStore } from '../model/observed-store.ts';
import { expectRun } from '../model/oracle.ts';
import type { Plan } from '../model/plan.ts';
import { plannedSignals } from '../model/planned-signals.ts';
import { randomPlan } from '../model/random-plan.ts';
import { type Stall, StallingStore } from '../model/stalling-store.ts';
import { StoredFacts } from '../model/stored-facts.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { type StoreCall, WatchedStore } from '../model/watched-store.ts';
import { writesOf } from './check-crashes.ts';
import { report } from './check-plans.ts';
import { seed, seedHint } from './seed.ts';

const timeout = 120_000;
const lease = '1h' as const;
const leaseMs = 3_600_000;
const cases = 150;

describe('a run whose holder falls asleep', { timeout }, () => {
  it(`is taken over, and ended by one process alone: ${cases} graphs`, async () => {
    let takenOver = 0;
    for (let index = 0, checked = 0; checked < cases; index++) {
      const draw = seededDraw(`${seed} takeover ${index}`);
      const plan = randomPlan(draw, { timed: false, durable: true });
      // A signal has to be sent by somebody; durable-signals.test.ts does.
      if (plannedSignals(plan).length > 0) continue;
      checked++;
      const writes = await writesOf(plan, { form: typedWorkflow, timed: false });
      const stall = { write: draw(1, writes), when: pick(draw, ['before', 'after'] as const) };
      const two = new TwoProcesses(plan, stall, draw);
      await two.run();
      if (two.complaints.length > 0) {
        const complaints = [...two.complaints, JSON.stringify(two.stall)];
        throw new Error(`${seedHint} Plan ${index} of takeover:\n${report(plan, complaints)}`);
      }
      if (two.wasTakenOver) takenOver++;
    }
    expect(takenOver, seedHint).toBeGreaterThan(0.9 * cases);
  });

  it('is lost to it when its machine was suspended, though nobody else has it yet', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const { plan, journal } = slowPlan();
    const workflow = typedWorkflow(plan, journal.in({ number: 0, clock, isOver: false }));
    const run = start(workflow, undefined, { store, clock, lease, runId });
    const finished = expect(run.finished).rejects.toMatchObject({ code: 'RUN_LOST' });
    await clock.advance('1m');
    clock.suspend('2h');
    await clock.advance('1h');

    await finished;
  });
});

type Ending = { readonly result: RunResult<unknown> } | { readonly error: unknown };

interface Process {
  readonly clock: VirtualClock;
  readonly name: string;
  ending: Ending | undefined;
}

/** Remembers who has recorded what. */
class Ledger extends WatchedStore {
  readonly complaints: string[] = [];
  readonly ends: number[] = [];
  /** The token that wrote each outcome. */
  readonly recordedBy = new Map<string, number>();

  override async recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    const recorded = await super.recordOutcome(writer, entry);
    const { frame, key } = entry.outcome;
    if (recorded === 'recorded') {
      const place = `${frame} ${key}`;
      if (this.recordedBy.has(place)) this.complaints.push(`${place}: is recorded twice`);
      this.recordedBy.set(place, writer.token);
    } else if (recorded !== 'fenced' && !isIteration(key)) {
      // A round whose `done` could not tell is asked again, and its end told again.
      this.complaints.push(`${frame} ${key}: is ${recorded}`);
    }
    return recorded;
  }

  override async endRun(writer: Writer, end: RunEnd): Promise<boolean> {
    const hasEnded = await super.endRun(writer, end);
    if (hasEnded) this.ends.push(writer.token);
    return hasEnded;
  }

  protected write<T>(call: StoreCall<T>): Promise<T> {
    return call(this.inner);
  }

  protected read<T>(call: StoreCall<T>): Promise<T> {
    return call(this.inner);
  }
}

function isIteration(key: string | number): boolean {
  return typeof key === 'number' || key.startsWith('id=');
}

class TwoProcesses {
  readonly complaints: string[] = [];
  readonly stall: Stall;
  wasTakenOver = false;
  readonly #plan: Plan;
  readonly #draw: Draw;
  /** What the sleeper was told, which may start only what follows from it. */
  readonly #told: StoredFacts;
  readonly #journals: readonly [sleeper: DurableJournal, successor: DurableJournal];
  readonly #ledger: Ledger;
  readonly #sleeper: Process = { name: 'sleeper', clock: virtualClock(), ending: undefined };
  #successor: Process = this.#sleeper;
  #now = this.#sleeper.clock.now();
  /** Calls of the sleeper's handlers once it knew that the run was lost. */
  #lateCalls = 0;

  constructor(plan: Plan, stall: Stall, draw: Draw) {
    this.#plan = plan;
    this.stall = stall;
    this.#draw = draw;
    this.#told = new StoredFacts(plan, false);
    this.#journals = [
      new DurableJournal(this.#told),
      new DurableJournal(new StoredFacts(plan, false)),
    ];
    this.#ledger = new Ledger(memoryRunStore({ clock: this.#storeClock() }));
  }

  async run(): Promise<void> {
    const store = new StallingStore(new ObservedStore(this.#ledger, this.#told), this.stall);
    this.#begin(this.#sleeper, 0, store);
    while (!store.isStalled && (await this.#step(this.#sleeper)));
    if (!store.isStalled) return;
    // Behind that of a sleeper that is suspended: what that one still writes seems to come later.
    const clock = virtualClock({ start: this.#sleeper.clock.now() });
    this.#successor = { name: 'successor', clock, ending: undefined };
    this.#now += leaseMs;
    this.wasTakenOver = true;
    this.#begin(this.#successor, 1, this.#ledger);
    for (let steps = this.#draw(0, 20); steps > 0; steps--) await this.#step(this.#successor);
    if (this.#draw(0, 1) === 1) this.#sleeper.clock.suspend(lease);
    store.wake();
    await this.#goOn();
    this.#judge();
  }

  /** Both of them, in any order. */
  async #goOn(): Promise<void> {
    const both = [this.#sleeper, this.#successor];
    for (;;) {
      const going = both.filter(({ ending }) => ending === undefined);
      if (going.length === 0) return;
      const hasMoved = await this.#step(pick(this.#draw, going));
      const isStuck = going.every(({ clock, ending }) => !ending && clock.pending === 0);
      if (!hasMoved && isStuck) {
        this.complaints.push(`${going.map(({ name }) => name)} never ends`);
        return;
      }
    }
  }

  async #step(process: Process): Promise<boolean> {
    if (process.ending !== undefined) return false;
    return process.clock.advanceToNext();
  }

  #begin(process: Process, number: 0 | 1, store: RunStore): void {
    const { clock } = process;
    const isOver = () => process.ending !== undefined;
    const life = {
      number,
      clock,
      get isOver() {
        return isOver();
      },
    };
    const witness = this.#journals[number].in(life);
    const workflow = typedWorkflow(this.#plan, {
      ...witness,
      perform: (...call) => {
        if (life.isOver) this.#lateCalls++;
        return witness.perform(...call);
      },
    });
    const options = { store, clock, lease, holder: process.name };
    const opening =
      number === 0 || this.stall.write === 1
        ? Promise.resolve(start(workflow, undefined, { ...options, runId }))
        : resume(workflow, runId, options);
    void opening
      .then((run) => run.finished)
      .then(
        (result) => {
          process.ending = { result };
        },
        (error: unknown) => {
          process.ending = { error };
        },
      );
  }

  #judge(): void {
    this.complaints.push(...this.#ledger.complaints);
    this.#judgeSuccessor();
    this.#judgeSleeper();
    const { ends } = this.#ledger;
    if (ends.length !== 1) this.complaints.push(`the run ended ${ends.length} times`);
    if (this.#lateCalls > 0) this.complaints.push(`${this.#lateCalls} calls after the loss`);
    this.complaints.push(...this.#told.premature);
    for (const { path, idempotencyKey } of this.#journals.flatMap(({ calls }) => calls)) {
      if (idempotencyKey !== `${runId}/${path}`) this.complaints.push(`${path}: changes its key`);
    }
  }

  #judgeSuccessor(): void {
    const { ending } = this.#successor;
    if (ending === undefined || 'error' in ending) {
      this.complaints.push(`the successor ends with ${String(ending?.error)}`);
      return;
    }
    const records = ending.result as unknown as RecordedRun;
    this.complaints.push(...differences(expectRun(this.#plan), records, { origin: undefined }));
  }

  /** It has lost the run, unless that had ended already, or it only asked for one that is there. */
  #judgeSleeper(): void {
    const { ending } = this.#sleeper;
    if (ending === undefined) return;
    if ('error' in ending) {
      const { code } = ending.error as { code?: string };
      if (code !== 'RUN_LOST')
        this.complaints.push(`the sleeper ends with ${String(ending.error)}`);
      return;
    }
    const records = ending.result as unknown as RecordedRun;
    this.complaints.push(...differences(expectRun(this.#plan), records, { origin: undefined }));
    const hadEnded = this.#ledger.ends.length === 1 && this.#ledger.ends[0] === 1;
    if (!hadEnded && this.stall.write > 1)
      this.complaints.push('the sleeper believes that it ended');
  }

  #storeClock(): Clock {
    const now = () => this.#now;
    const none = (): never => {
      throw new Error('A store waits for nothing.');
    };
    return { now, monotonic: now, setTimer: none, sleep: none };
  }
}

function slowPlan(): { readonly plan: Plan; readonly journal: DurableJournal } {
  const behaviour = { takes: 86_400_000, ends: 'returns', throwsFirst: 0, onAbort: 0 } as const;
  const action = { name: 'Alder', runAfter: [], given: [], kind: 'action' } as const;
  const plan: Plan = { body: { nodes: [{ ...action, behaviours: [behaviour] }] } };
  return { plan, journal: new DurableJournal(new StoredFacts(plan, true)) };
}
