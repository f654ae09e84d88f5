/**
 * One client of a counter: what it does next is left to chance, and what comes of it is recorded.
 *
 * Operation ids are those of the moment, and few: clients of several processes come with the same one at
 * the same time, and again a little later, as they do when work is repeated.
 * @module
 */
import { type Random, systemClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { CounterOp, CounterResult, HistoryRecorder } from '@runafter/testkit';
import type { Adder } from '../chaos/state/backend.ts';
import { chance, pick } from './chance.ts';
import { sometimesAborted } from './expected-faults.ts';

/** One who calls. */
export interface CounterClientOptions {
  readonly name: string;
  readonly counter: Adder;
  readonly keys: readonly string[];
  readonly random: Random;
  readonly history: HistoryRecorder<CounterOp, CounterResult>;
  /** Whether replies can be lost on the way to this client. */
  readonly isFaulty: boolean;
}

/** Of the additions, those that carry an operation id. */
const onceRate = 0.5;
/** How many ids there are in a moment, and how many milliseconds that is. */
const idsOfMoment = ['a', 'b'];
const moment = 20;
/** Of the operations with an id, those that come with one of the moment before. */
const lateRate = 0.3;

export class CounterClient {
  readonly #options: CounterClientOptions;
  readonly #seen = new Map<string, bigint>();

  constructor(options: CounterClientOptions) {
    this.#options = options;
  }

  /** One operation. It rejects as the counter does. */
  async act(): Promise<void> {
    const { keys, random, counter } = this.#options;
    const key = pick(random, keys);
    const dice = random();
    if (dice < 0.3) return await this.#read(key);
    if (dice < 0.4 && counter.reset !== undefined) return await this.#reset(key, counter.reset);
    if (dice < 0.7 && counter.addAndGet !== undefined) {
      return await this.#addAndGet(key, counter.addAndGet);
    }
    return await this.#add(key);
  }

  async #read(key: string): Promise<void> {
    const { counter } = this.#options;
    const value = await this.#record({ kind: 'read', key }, () => counter.read(key));
    this.#seen.set(key, value);
  }

  async #add(key: string): Promise<void> {
    const { counter, random } = this.#options;
    const addition = this.#addition();
    const { amount, ...once } = addition;
    await this.#record({ kind: 'add', key, ...addition }, async () => {
      await counter.add(key, amount, { ...once, ...sometimesAborted(random) });
      return undefined;
    });
  }

  async #addAndGet(key: string, addAndGet: NonNullable<Adder['addAndGet']>): Promise<void> {
    const { counter, random, isFaulty } = this.#options;
    const addition = this.#addition();
    const { amount, ...once } = addition;
    const options = { ...once, ...sometimesAborted(random) };
    const op = { kind: 'addAndGet', key, ...addition } as const;
    const call = () => this.#record(op, () => addAndGet.call(counter, key, amount, options));
    if (!isFaulty || once.once === undefined) this.#seen.set(key, await call());
    // With an id it is sent again when its reply was lost, and then tells the value of that time: these
    // are two operations, the one that counted and the one that was answered.
    else await this.#record({ ...op, kind: 'add' }, () => call().then(() => undefined));
  }

  async #reset(key: string, reset: NonNullable<Adder['reset']>): Promise<void> {
    const { counter, random } = this.#options;
    const to = BigInt(Math.floor(random() * 3));
    const expected = chance(random, 0.5) ? this.#seen.get(key) : undefined;
    const condition = expected === undefined ? {} : { expected };
    await this.#record({ kind: 'reset', key, to, ...condition }, async () => {
      try {
        const options = { to, ...condition, ...sometimesAborted(random) };
        return await reset.call(counter, key, options);
      } catch (error) {
        if (hasCode(error, 'COUNTER_CHANGED')) return false;
        throw error;
      }
    });
  }

  /** An addition of 1 in most cases; what a read of several shards may answer is exact for these alone. */
  #addition(): { readonly amount: bigint; readonly once?: string } {
    const { random, counter } = this.#options;
    const amount = counter.addAndGet === undefined ? 1n : pick(random, [1n, 1n, 5n, -2n]);
    if (!chance(random, onceRate)) return { amount };
    const now = Math.floor(systemClock.now() / moment) - (chance(random, lateRate) ? 1 : 0);
    return { amount, once: `operation-${now}-${pick(random, idsOfMoment)}` };
  }

  #record<R extends CounterResult>(op: CounterOp, run: () => Promise<R>): Promise<R> {
    return this.#options.history.record(this.#options.name, op, run);
  }
}
