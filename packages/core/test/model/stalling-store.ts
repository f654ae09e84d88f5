/**
 * A store as a process sees it that falls asleep at one of its writes, and does not know of it: no call
 * gets through and no answer comes back until it is woken up. Then all of them do, in their order.
 * @module
 */
import type { RunStore } from '../../src/index.ts';
import { type StoreCall, WatchedStore } from './watched-store.ts';

export interface Stall {
  /** At which of its writes, from 1. */
  readonly write: number;
  /** Whether that write still took effect. */
  readonly when: 'before' | 'after';
}

export class StallingStore extends WatchedStore {
  readonly #stall: Stall;
  readonly #awake: Promise<void>;
  #writes = 0;
  #isStalled = false;
  #wake!: () => void;

  constructor(inner: RunStore, stall: Stall) {
    super(inner);
    this.#stall = stall;
    this.#awake = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  get isStalled(): boolean {
    return this.#isStalled;
  }

  wake(): void {
    this.#isStalled = false;
    this.#wake();
  }

  protected async write<T>(call: StoreCall<T>): Promise<T> {
    const { write, when } = this.#stall;
    const isTheOne = ++this.#writes === write;
    if (isTheOne && when === 'before') this.#isStalled = true;
    if (this.#isStalled) await this.#awake;
    const answer = await call(this.inner);
    if (!isTheOne || when === 'before') return answer;
    return this.#sleepOn(answer);
  }

  protected async read<T>(call: StoreCall<T>): Promise<T> {
    if (this.#isStalled) await this.#awake;
    return call(this.inner);
  }

  async #sleepOn<T>(answer: T): Promise<T> {
    this.#isStalled = true;
    await this.#awake;
    return answer;
  }
}
