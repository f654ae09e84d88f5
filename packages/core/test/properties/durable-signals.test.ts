/**
 * Signals to a run whose processes come to their end again and again: whoever sends, whenever, each one
 * is taken exactly once, in the order of its event and correlation.
 * @module
 */
import { type Clock, virtualClock } from '@runafter/clock';
import {
  event,
  type Flow,
  memoryRunStore,
  type Run,
  type RunResult,
  type RunStore,
  resume,
  signal,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Crash, type Fate, fates } from '../model/crash.ts';
import { MortalStore } from '../model/mortal-store.ts';
import { seed } from './seed.ts';

const timeout = 120_000;
const runId = 'R';
const lease = '365d' as const;
const leaseMs = 365 * 86_400_000;

/** Waits in a row take the letters of a box in their order; waits side by side each take one. */
const boxes = [
  { name: 'Plain', event: 'note', correlate: undefined },
  { name: 'Ann', event: 'note', correlate: 'ann' },
  { name: 'Bob', event: 'note', correlate: 'bob' },
  { name: 'Crowd', event: 'vote', correlate: undefined },
] as const;
const waits = 3;
const crowd = boxes.length - 1;

type Outputs = readonly (readonly number[])[];

/** A letter goes to a box; `again` repeats an earlier one under its id. */
type Step =
  | { readonly kind: 'send'; readonly box: number; readonly inside: boolean }
  | { readonly kind: 'again'; readonly which: number }
  | { readonly kind: 'process'; readonly write: number; readonly fate: Fate }
  | { readonly kind: 'pause'; readonly ms: number };

describe('signals to a run that crashes', { timeout }, () => {
  it('are each taken once, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(), { maxLength: 30 }), async (steps) => {
        const post = new PostOffice();
        for (const one of steps) await post.do(one);
        const { outputs, left } = await post.finish();

        post.expectTaken(outputs, left);
      }),
      { seed, numRuns: 200, interruptAfterTimeLimit: 60_000 },
    );
  });
});

function step(): fc.Arbitrary<Step> {
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        box: fc.nat(crowd),
        inside: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat(20) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('process' as const),
        write: fc.integer({ min: 1, max: 20 }),
        fate: fc.constantFrom(...fates),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.nat(300) }) },
  );
}

interface Letter {
  readonly id: string;
  readonly box: number;
  /** Counts the letters of a box, from 0. */
  readonly number: number;
}

/** A process that works on the run until it meets its fate. */
interface Worker {
  readonly clock: ReturnType<typeof virtualClock>;
  run: Run<Outputs> | undefined;
  fate: Fate | undefined;
  result: RunResult<Outputs> | undefined;
  error: unknown;
}

class PostOffice {
  readonly #letters: Letter[] = [];
  #now = virtualClock().now();
  /** How far the store's clock is ahead, past the leases of the dead. */
  #leap = 0;
  readonly #store: RunStore = memoryRunStore({ clock: this.#storeClock(), retention: Infinity });
  #worker: Worker | undefined;
  #result: RunResult<Outputs> | undefined;

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'send':
        return this.#send(step.box, step.inside);
      case 'again':
        return this.#sendAgain(step.which);
      case 'process':
        if (this.#worker === undefined) await this.#begin(step);
        return this.#work(0);
      case 'pause':
        return this.#work(step.ms);
    }
  }

  /** Sends what is missing, and lets the run come to its end. */
  async finish(): Promise<{ outputs: Outputs; left: readonly number[] }> {
    // The first of these may be one that is still to come to its end.
    for (let workers = 0; workers < 3 && this.#result === undefined; workers++) {
      if (this.#worker === undefined) await this.#begin(undefined);
      await this.#work(10_000);
      for (const [box] of boxes.entries()) {
        for (let sent = this.#sentTo(box).length; sent < waits; sent++)
          await this.#send(box, false);
      }
      await this.#work(10_000);
    }
    if (this.#result?.status !== 'Succeeded') throw new Error('The run did not succeed.');
    const left = await this.#store.readSignals(runId, 0);
    return { outputs: this.#result.outputs, left: left.map(({ number }) => number) };
  }

  expectTaken(outputs: Outputs, left: readonly number[]): void {
    const first = Array.from({ length: waits }, (_, number) => number);
    for (const [box, { name }] of boxes.entries()) {
      const taken = [...(outputs[box] ?? [])];
      // Who takes which is open where several wait at once.
      if (box === crowd) taken.sort((a, b) => a - b);
      expect(taken, name).toEqual(first);
    }
    expect(left.length).toBe(this.#letters.length - boxes.length * waits);
  }

  #sentTo(box: number): Letter[] {
    return this.#letters.filter((letter) => letter.box === box);
  }

  async #send(box: number, inside: boolean): Promise<void> {
    if (this.#result !== undefined) return;
    const number = this.#sentTo(box).length;
    const letter = { id: `${boxes[box]?.name} ${number}`, box, number };
    const run = inside ? this.#worker?.run : undefined;
    // Nobody knows whether a process still sent what it was given before it died; so the sender repeats.
    if (run !== undefined) {
      const sent = run.signal(boxes[box]?.event as string, number, this.#optionsOf(letter));
      sent.catch(() => undefined);
      await this.#work(0);
    }
    if (this.#result !== undefined && !(await this.#isKnown(letter))) return;
    if ((await this.#put(letter)) === 'unknown') return;
    this.#letters.push(letter);
    await this.#work(0);
  }

  /** Only whether it came through before the run ended. */
  async #isKnown({ number, box }: Letter): Promise<boolean> {
    const letters = await this.#store.readSignals(runId, 0);
    return letters.some(({ correlate, event: name, payload }) => {
      const { event: wanted, correlate: by } = boxes[box] as (typeof boxes)[number];
      return name === wanted && correlate === by && payload === `[${number}]`;
    });
  }

  async #sendAgain(which: number): Promise<void> {
    const letter = this.#letters[which % Math.max(1, this.#letters.length)];
    if (letter === undefined || this.#result !== undefined) return;
    const outcome = await this.#put(letter, -1);
    expect(['duplicate', 'unknown']).toContain(outcome);
    await this.#work(0);
  }

  async #put(letter: Letter, payload = letter.number): Promise<string> {
    const name = boxes[letter.box]?.event as string;
    try {
      return await signal(this.#store, runId, name, payload, this.#optionsOf(letter));
    } catch (error) {
      if (['RUN_UNKNOWN', 'RUN_ENDED'].includes(String((error as { code?: string }).code))) {
        return 'unknown';
      }
      throw error;
    }
  }

  #optionsOf({ id, box }: Letter): { id: string; correlate?: string } {
    const correlate = boxes[box]?.correlate;
    return { id, ...(correlate !== undefined && { correlate }) };
  }

  async #begin(crash: Pick<Crash, 'write' | 'fate'> | undefined): Promise<void> {
    if (this.#result !== undefined) return;
    const clock = virtualClock({ start: this.#now });
    const worker: Worker = {
      clock,
      run: undefined,
      fate: undefined,
      result: undefined,
      error: undefined,
    };
    this.#worker = worker;
    const met = (fate: Fate): void => {
      worker.fate = fate;
      if (fate === 'suspends') void worker.run?.suspend();
    };
    const store = new MortalStore({ inner: this.#store, crash, lag: () => 0, met });
    const options = { store, clock, lease };
    const isKnown = (await this.#store.readRun(runId)) !== undefined;
    const opening = isKnown
      ? resume(post, runId, options)
      : Promise.resolve(start(post, undefined, { ...options, runId }));
    void opening
      .then((run) => {
        worker.run = run;
        if (worker.fate === 'suspends') void run.suspend();
        return run.finished;
      })
      .then(
        (result) => {
          worker.result = result;
        },
        (error: unknown) => {
          worker.error = error;
        },
      );
  }

  /** Lets the process work for so long, unless it comes to its end. */
  async #work(ms: number): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    await worker.clock.advance(ms);
    this.#now = worker.clock.now();
    const isDead = worker.fate === 'dies before' || worker.fate === 'dies after';
    if (worker.result === undefined && worker.error === undefined && !isDead) return;
    this.#worker = undefined;
    this.#result = worker.result;
    this.#leap += leaseMs;
  }

  #storeClock(): Clock {
    const now = () => this.#now + this.#leap;
    const none = (): never => {
      throw new Error('A store waits for nothing.');
    };
    return { now, monotonic: now, setTimer: none, sleep: none };
  }
}

const post: Workflow<undefined, Outputs> = workflow('Post', (flow: Flow<undefined>) => {
  const [plain, ann, bob, votes] = boxes;
  const rows = [plain, ann, bob].map((box) => {
    const note = event<number>(box.event);
    const { correlate } = box;
    const options = correlate === undefined ? {} : { correlate: () => correlate };
    return flow.forEach(
      box.name,
      [],
      () => Array.from({ length: waits }, (_, index) => index),
      (each) => {
        const pause = each.delay('Pause', [], 50);
        return each.waitFor('Wait', [pause], note, options);
      },
    );
  });
  const everybody = flow.forEach(
    votes.name,
    [],
    () => Array.from({ length: waits }, (_, index) => index),
    (each) => each.waitFor('Wait', [], event<number>(votes.event)),
    { concurrency: waits },
  );
  const [first, second, third] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
  return flow.action('All', [first, second, third, everybody], (values) => values);
});
