/**
 * Runs a plan in as many processes as it takes: each is a life with a clock and a store of its own
 * until it meets its fate, and the next one goes on from what is in the store that they share.
 *
 * Time goes on only while a process lives, and in the downtime that a crash asks for. A lease is over
 * as soon as its holder is dead: the store's own clock leaps past it. So where no downtime is asked
 * for, every moment of the plan comes in its time, time-outs, cancels and signals included.
 * @module
 */
import { type Clock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type Run,
  type RunResult,
  type RunStore,
  resume,
  type StartOptions,
  signal,
  start,
} from '../../src/index.ts';
import type { Crash, Fate } from './crash.ts';
import type { Draw } from './draw.ts';
import { DurableJournal, runId } from './durable-journal.ts';
import { Fleet } from './fleet.ts';
import { MortalStore, StoreFault } from './mortal-store.ts';
import { ObservedStore } from './observed-store.ts';
import type { Plan } from './plan.ts';
import { type PlannedSignal, planned, plannedSignals } from './planned-signals.ts';
import type { Form } from './run-plan.ts';
import { StoredFacts } from './stored-facts.ts';

export interface DurableRunOptions {
  readonly form: Form;
  readonly timed: boolean;
  readonly crashes: readonly Crash[];
  /** Turns of the event loop that the answer to a write takes. Default: none. */
  readonly lag?: () => number;
  /** Its handlers are called in other processes, as this decides. Default: in the process of the run. */
  readonly elsewhere?: Draw;
  /** False: the run has no store, and nothing interrupts it. Default true. */
  readonly stored?: boolean;
}

/** What became of a plan. */
export interface DurableRun {
  /** Undefined when the run never ended. */
  readonly run: Run<unknown> | undefined;
  readonly result: RunResult<unknown> | undefined;
  /** The run as it is read from its store after its end. */
  readonly readAgain: RunResult<unknown> | undefined;
  readonly journal: DurableJournal;
  readonly facts: StoredFacts;
  readonly complaints: readonly string[];
  /** How many processes worked on it. */
  readonly lives: number;
  /** The writes of the first of them. */
  readonly writes: number;
  /** When it started, on the clock's `now()`. */
  readonly origin: number;
  /** What is left of it. */
  readonly store: RunStore;
}

export async function runDurably(plan: Plan, options: DurableRunOptions): Promise<DurableRun> {
  const world = new World(plan, options);
  for (const crash of options.crashes) {
    if (await world.live(crash)) break;
  }
  if (!world.isOver) await world.live(undefined);
  return world.report();
}

/** So long that it is never renewed. */
const lease = '365d' as const;
const leaseMs = 365 * 86_400_000;
/** No plan takes as long, not even one whose time-outs are all waited for. */
const longest = 20 * 86_400_000;

type Ending = { readonly result: RunResult<unknown> } | { readonly error: unknown };

class World {
  readonly #plan: Plan;
  readonly #options: DurableRunOptions;
  readonly #store: RunStore;
  readonly #facts: StoredFacts;
  readonly #journal: DurableJournal;
  readonly #fleet: Fleet | undefined;
  readonly #signals: readonly PlannedSignal[];
  readonly #sent = new Set<PlannedSignal>();
  readonly #complaints: string[] = [];
  readonly #origin: number;
  #now: number;
  /** How far the store's clock is ahead, past the leases of the dead. */
  #leap = 0;
  #lives = 0;
  #writes = 0;
  #resumes = false;
  #last: { readonly run: Run<unknown>; readonly result: RunResult<unknown> } | undefined;

  constructor(plan: Plan, options: DurableRunOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#now = virtualClock().now();
    this.#origin = this.#now;
    this.#facts = new StoredFacts(plan, !options.timed);
    this.#journal = new DurableJournal(this.#facts);
    this.#signals = plannedSignals(plan);
    const store = memoryRunStore({ clock: this.#storeClock(), retention: Infinity });
    this.#store = new ObservedStore(store, this.#facts);
    this.#fleet = options.elsewhere && this.#hire(options.elsewhere);
  }

  get isOver(): boolean {
    return this.#last !== undefined;
  }

  #hire(draw: Draw): Fleet {
    const { form, timed } = this.#options;
    return new Fleet({
      ...{ draw, store: this.#store, isLate: !timed, start: this.#now },
      define: (life) => form(this.#plan, this.#journal.in(life)),
    });
  }

  async report(): Promise<DurableRun> {
    const { run, result } = this.#last ?? {};
    const { stored = true } = this.#options;
    const journal = this.#journal;
    const facts = this.#facts;
    const calls = journal.calls.length;
    const readAgain = result && stored ? await this.#readAgain() : undefined;
    if (journal.calls.length > calls) this.#complaints.push('reading a run again calls handlers');
    const ofFacts = [...facts.complaints, ...facts.premature];
    const complaints = [...this.#complaints, ...journal.complaints, ...ofFacts];
    return {
      ...{ run, result, readAgain, journal, facts, complaints },
      ...{ lives: this.#lives, writes: this.#writes, origin: this.#origin, store: this.#store },
    };
  }

  /** One process, up to its fate; whether the run has ended in it. */
  async live(crash: Crash | undefined): Promise<boolean> {
    const number = this.#lives++;
    const time = this.#fleet?.clock ?? virtualClock({ start: this.#now });
    const death = new AbortController();
    const clock = this.#fleet?.clockOf(death.signal) ?? time;
    let diedAt: number | undefined;
    const die = (): void => {
      diedAt ??= time.now();
      death.abort();
    };
    let fate: Fate | undefined;
    let ending: Ending | undefined;
    const life = {
      ...{ number, clock },
      get isOver() {
        return diedAt !== undefined;
      },
    };
    let run: Run<unknown> | undefined;
    const store = new MortalStore({
      inner: this.#store,
      crash,
      lag: this.#options.lag ?? (() => 0),
      met: (what) => {
        fate = what;
        if (what === 'suspends') void run?.suspend();
        else if (what.startsWith('dies')) die();
      },
    });
    const opening = this.#open(clock, store, life);
    this.#send(life, () => run);
    opening
      .then((opened) => {
        run = opened;
        if (fate === 'suspends') void run.suspend();
        this.#cancelInTime(clock, run, life);
        return run.finished;
      })
      .then(
        (result) => {
          ending = { result };
        },
        (error: unknown) => {
          ending = { error };
        },
      )
      .finally(die);
    const isOver = () => diedAt !== undefined;
    const step = async (): Promise<boolean> => {
      // Who dies in this moment takes no others with him to the next one.
      if (this.#fleet !== undefined) await time.advance(0);
      return isOver() || (await time.advanceToNext());
    };
    while (!isOver() && time.now() - this.#origin < longest && (await step()));
    this.#now = diedAt ?? time.now();
    if (number === 0) this.#writes = store.writes;
    const isEnd = this.#buried(fate, ending, run, crash);
    if (!isEnd) await this.#fleet?.clock.advance(crash?.downtime ?? 0);
    return isEnd;
  }

  #buried(
    fate: Fate | undefined,
    ending: Ending | undefined,
    run: Run<unknown> | undefined,
    crash: Crash | undefined,
  ): boolean {
    if (ending !== undefined && 'result' in ending) {
      this.#last = { run: run as Run<unknown>, result: ending.result };
      return true;
    }
    this.#checkFault(fate, ending?.error);
    // Whoever lets go of a run gives its lease back, unless the store does not even hear of that.
    if (fate !== 'suspends') this.#leap += leaseMs;
    this.#now += crash?.downtime ?? 0;
    this.#resumes = crash?.resumes ?? true;
    return false;
  }

  #checkFault(fate: Fate | undefined, error: unknown): void {
    const isRight = isRightEnd(fate, error);
    if (!isRight) {
      const end = error === undefined ? 'never ends' : `ends with ${String(error)}`;
      this.#complaints.push(`process ${this.#lives - 1} (${fate ?? 'no fate'}) ${end}`);
    }
  }

  async #open(
    clock: Clock,
    store: MortalStore,
    life: { readonly number: number; readonly clock: Clock; readonly isOver: boolean },
  ): Promise<Run<unknown>> {
    const workflow = this.#options.form(this.#plan, this.#journal.in(life));
    if (this.#options.stored === false) return start(workflow, undefined, { clock, runId });
    const options: StartOptions = {
      ...{ store, clock, lease, holder: `process ${life.number}` },
      ...(this.#fleet && { executor: this.#fleet.executorOf(life) }),
    };
    const isKnown = (await this.#store.readRun(runId)) !== undefined;
    if (isKnown && this.#resumes) return resume(workflow, runId, options);
    return start(workflow, undefined, { ...options, runId });
  }

  /** Whoever wants the run cancelled says so again where the order may have been lost. */
  #cancelInTime(clock: Clock, run: Run<unknown>, life: { readonly isOver: boolean }): void {
    const { cancelAt } = this.#plan;
    if (cancelAt === undefined) return;
    clock.setTimer(Math.max(0, this.#origin + cancelAt - clock.now()), () => {
      if (!life.isOver) run.cancel('as planned');
    });
  }

  /** Signals in their time; those that were sent before come once more, and must change nothing. */
  #send(
    life: { readonly clock: Clock; readonly isOver: boolean },
    runHere: () => Run<unknown> | undefined,
  ): void {
    const { clock } = life;
    for (const planned of this.#signals) {
      const wait = Math.max(0, this.#origin + planned.at - clock.now());
      clock.setTimer(wait, () => {
        if (!life.isOver) void this.#sendOne(planned, runHere());
      });
    }
  }

  async #sendOne(signalled: PlannedSignal, runHere: Run<unknown> | undefined): Promise<void> {
    const { correlate, id } = signalled;
    const isRepeated = this.#sent.has(signalled);
    const payload = isRepeated ? 'a repetition' : correlate;
    const options = { correlate, id };
    try {
      if (this.#options.stored === false) await runHere?.signal(planned, payload, options);
      else {
        const outcome = await signal(this.#store, runId, planned, payload, options);
        if (outcome !== (isRepeated ? 'duplicate' : 'kept')) {
          this.#complaints.push(`${id} is ${outcome}${isRepeated ? ' the second time' : ''}`);
        }
      }
      this.#sent.add(signalled);
    } catch (error) {
      if (!['RUN_ENDED', 'RUN_UNKNOWN'].includes(String(codeOf(error)))) throw error;
    }
  }

  async #readAgain(): Promise<RunResult<unknown>> {
    const life = { number: this.#lives, clock: virtualClock({ start: this.#now }), isOver: false };
    const workflow = this.#options.form(this.#plan, this.#journal.in(life));
    const { clock } = life;
    const run = await resume(workflow, runId, { store: this.#store, clock });
    return run.finished;
  }

  #storeClock(): Clock {
    const now = () => this.#now + this.#leap;
    const none = (): never => {
      throw new Error('A store waits for nothing.');
    };
    return { now, monotonic: now, setTimer: none, sleep: none };
  }
}

/** Whether a process that met this fate is to see its run end with this fault. */
function isRightEnd(fate: Fate | undefined, error: unknown): boolean {
  if (fate === 'dies before' || fate === 'dies after') return error === undefined;
  if (fate === 'suspends') return codeOf(error) === 'RUN_SUSPENDED';
  return fate !== undefined && error instanceof StoreFault;
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | undefined)?.code;
}
