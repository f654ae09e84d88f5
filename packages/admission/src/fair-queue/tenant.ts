/**
 * What a fair queue holds of one tenant, and what that tenant can pay for.
 *
 * Invariant: somebody waits to push only while the tenant's queue is full, so nobody who pushes later
 * overtakes.
 * @module
 */
import { Line, type Place } from '../line.ts';

/** An item in the queue. */
export interface Entry<T> {
  readonly item: T;
  readonly cost: number;
}

/** Somebody who waits for room in the queue of a tenant. */
export interface Pusher<T> {
  readonly entry: Entry<T>;
  readonly admit: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Sums of fractions such as 0.1 come out a little wrong. */
const tolerance = 1e-9;

/**
 * Who could pay only after more rounds than this is just last. So rounds stay within what a number counts
 * exactly, and no credit is endless.
 */
const mostRounds = 2 ** 32;

export class Tenant<T, K> {
  readonly key: K;
  /** How much of the costs it may take in each round. */
  readonly weight: number;
  readonly entries: Line<Entry<T>> = new Line<Entry<T>>();
  readonly #pushers = new Line<Pusher<T>>();
  /** What it has been given in rounds and has not spent. */
  #credit = 0;

  constructor(key: K, weight: number) {
    this.key = key;
    this.weight = weight;
  }

  get waiting(): number {
    return this.#pushers.length;
  }

  /** How many rounds it must wait until it can pay for its first item; 0 when it can now. */
  get roundsToWait(): number {
    const missing = (this.entries.first?.cost ?? 0) - this.#credit;
    const rounds = Math.max(0, Math.ceil(missing / this.weight - tolerance));
    return Math.min(rounds, mostRounds);
  }

  /** Gets its share of so many rounds. */
  earn(rounds: number): void {
    this.#credit += rounds * this.weight;
  }

  /** Takes out its first item, and lets in who has waited longest for the place. */
  serve(): Entry<T> | undefined {
    const entry = this.entries.serve();
    this.#credit -= entry?.cost ?? 0;
    const pusher = this.#pushers.serve();
    if (pusher !== undefined) {
      this.entries.join(pusher.entry);
      pusher.admit();
    }
    return entry;
  }

  wait(pusher: Pusher<T>): Place<Pusher<T>> {
    return this.#pushers.join(pusher);
  }

  giveUp(place: Place<Pusher<T>>): void {
    this.#pushers.leave(place);
  }

  /** Sends away all who wait. */
  refuse(error: unknown): void {
    for (let pusher = this.#pushers.serve(); pusher; pusher = this.#pushers.serve()) {
      pusher.refuse(error);
    }
  }
}
