/**
 * What a fair queue takes, and what it refuses.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** Options of `fairQueue`. */
export interface FairQueueOptions<T, K = string> {
  /** Whose an item is: anything that a Map tells apart. */
  readonly by: (item: T) => K;
  /**
   * The share of a tenant next to others: a number above 0. Default 1. Asked when an item of a tenant
   * is queued that had none there.
   */
  readonly weight?: ((tenant: K) => number) | undefined;
  /** How much of its tenant's share an item takes: a number above 0. Default 1. Asked once, at the push. */
  readonly cost?: ((item: T) => number) | undefined;
  /** How many items of a tenant may be queued, before its next push waits. Default 1,000. */
  readonly perTenant?: number | undefined;
  /** What its errors call it. Default: `Fair queue`. */
  readonly name?: string | undefined;
}

/** `FAIR_QUEUE_OPTION_INVALID`: an option that a fair queue cannot use, or what one of them has returned. */
export class FairQueueOptionError extends RunafterError {
  /** What the queue is called. */
  readonly queue: string;
  readonly option: string;
  readonly value: unknown;

  /** @param fix - what to pass instead, as a sentence. */
  constructor(queue: string, option: string, value: unknown, fix: string) {
    const what = typeof value === 'object' && value !== null ? 'an object' : String(value);
    super('FAIR_QUEUE_OPTION_INVALID', `${queue}: ${option} is ${what}. ${fix}`);
    this.queue = queue;
    this.option = option;
    this.value = value;
  }
}

/** {@link FairQueueOptions}, checked, with what was left out. */
export class FairQueueRules<T, K> {
  readonly name: string;
  readonly perTenant: number;
  readonly by: (item: T) => K;
  readonly #weight: ((tenant: K) => number) | undefined;
  readonly #cost: ((item: T) => number) | undefined;

  constructor({ by, weight, cost, perTenant = 1_000, name }: FairQueueOptions<T, K>) {
    this.name = name === undefined ? 'Fair queue' : `Fair queue "${name}"`;
    this.#checkFunction('by', by);
    if (weight !== undefined) this.#checkFunction('weight', weight);
    if (cost !== undefined) this.#checkFunction('cost', cost);
    if (!(Number.isSafeInteger(perTenant) && perTenant >= 1)) {
      const fix = 'Pass a whole number of at least 1.';
      throw new FairQueueOptionError(this.name, 'perTenant', perTenant, fix);
    }
    this.perTenant = perTenant;
    this.by = by;
    this.#weight = weight;
    this.#cost = cost;
  }

  weightOf(tenant: K): number {
    return this.#weight === undefined ? 1 : this.#amount('weight', this.#weight(tenant));
  }

  costOf(item: T): number {
    return this.#cost === undefined ? 1 : this.#amount('cost', this.#cost(item));
  }

  #amount(option: string, value: number): number {
    if (Number.isFinite(value) && value > 0) return value;
    const fix = 'Return a finite number above 0.';
    throw new FairQueueOptionError(this.name, `what ${option}() returned`, value, fix);
  }

  #checkFunction(option: string, value: unknown): void {
    if (typeof value === 'function') return;
    throw new FairQueueOptionError(this.name, option, value, 'Pass a function.');
  }
}
