/**
 * What a test of the suite of createOnce() works with; as setting.ts.
 * @module
 */
import type { DocumentStore } from '@runafter/optimistic';
import type { FaultyConnection } from '@runafter/optimistic/conformance';
import { type CreateOnceOptions, createOnce, type MakeContext } from '../create-once.ts';
import type { Creation } from '../creation.ts';
import type { CreateOnceCapabilities, CreateOncePlace } from './create-once-harness.ts';
import { clockOf } from './setting.ts';

/** What is created. */
export interface Customer {
  readonly id: number;
  readonly name: string;
}

/** Filled anew before each test. */
export interface CreateOnceSetting {
  place: CreateOncePlace;
  store: DocumentStore<Creation<Customer>>;
  /** A second store of the place, as another machine would have it. */
  other: DocumentStore<Creation<Customer>>;
  readonly capabilities: CreateOnceCapabilities;
  /** In milliseconds: the shortest one, for who is taken to be dead. */
  readonly ttl: number;
  /** In milliseconds: for who has to renew in time, also while the machine is busy. */
  readonly roomyTtl: number;
}

/** createOnce() by the clock of the place, looking often. */
export function once(
  setting: CreateOnceSetting,
  store: DocumentStore<Creation<Customer>>,
  key: string,
  make: (context: MakeContext) => Customer | Promise<Customer>,
  options?: CreateOnceOptions,
): Promise<Customer> {
  return createOnce(store, key, make, { poll: 30, clock: clockOf(setting), ...options });
}

/** So many stores more, each as another machine would have it. */
export function creators<T>(
  { place }: CreateOnceSetting,
  count: number,
): Promise<DocumentStore<T>[]> {
  return Promise.all(Array.from({ length: count }, () => place.connect<T>()));
}

export function faultyDocuments<T>({ place }: CreateOnceSetting): Promise<FaultyConnection<T>> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `lostReplies` needs `place.connectFaulty`.');
  }
  return place.connectFaulty<T>();
}

/** Somebody who makes customers, and counts how often. */
export class Registry {
  /** The idempotency keys that it was given. */
  readonly asked: string[] = [];

  readonly make = async ({ idempotencyKey }: MakeContext): Promise<Customer> => {
    this.asked.push(idempotencyKey);
    return { id: this.asked.length, name: 'Ann 😀 \u0000 "Lee"' };
  };
}

/** Somebody who begins to make a customer, and ends when the test says so. */
export class SlowMake {
  /** Resolves with the signal that it was given. */
  readonly begun: Promise<AbortSignal>;
  readonly #ended: Promise<Customer>;
  #begin: (signal: AbortSignal) => void = () => {};
  #finish: (customer: Customer | Promise<never>) => void = () => {};

  constructor() {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.#ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  readonly make = ({ signal }: MakeContext): Promise<Customer> => {
    this.#begin(signal);
    return this.#ended;
  };

  finish(customer: Customer): void {
    this.#finish(customer);
  }

  fail(error: Error): void {
    this.#finish(Promise.reject(error));
  }
}

/** For who must not be asked. */
export function makeNothing(): never {
  throw new Error('It is there already.');
}
