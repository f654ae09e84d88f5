/**
 * What the tests of this folder need: distributions that act as processes of their own, each with clients of
 * its own, over queues and runs that nobody else has.
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  type DistributeOptions,
  type Distribution,
  distribute,
  type WorkOptions,
} from '@runafter/bullmq';
import type { RunStore, Workflow } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
type AnyWorkflow = Workflow<any, unknown>;

type FleetOptions = Partial<Omit<DistributeOptions, 'store'>> & { readonly store?: RunStore };

/** One queue prefix and one prefix of runs, and what was opened over them. */
export class Fleet {
  readonly prefix: string;
  /** What distributions were told of as faults. */
  readonly faults: Error[] = [];
  readonly #url: string;
  readonly #options: FleetOptions;
  readonly #opened: { close(): Promise<unknown> }[] = [];

  constructor(url: string, prefix: string, options: FleetOptions) {
    this.#url = url;
    this.prefix = `${prefix}${randomUUID().slice(0, 8)}`;
    this.#options = options;
    onTestFinished(() => this.#close());
  }

  /** A store of its own over the runs of this fleet. */
  store(): RunStore {
    const store = redisRunStore(this.#url, { prefix: `${this.prefix}-runs:` });
    this.#opened.push(store);
    return store;
  }

  /** A process that starts runs, and does not work. */
  open(workflows: readonly AnyWorkflow[], options: FleetOptions = {}): Distribution {
    const given = { ...this.#options, ...options };
    const distribution = distribute(workflows, {
      connection: { url: this.#url },
      prefix: this.prefix,
      onFault: (error) => this.faults.push(error),
      ...given,
      store: given.store ?? this.store(),
    });
    this.#opened.push({ close: () => distribution.close({ drain: 0 }) });
    return distribution;
  }

  /** A process that works. */
  async work(
    workflows: readonly AnyWorkflow[],
    work: WorkOptions = {},
    options: FleetOptions = {},
  ): Promise<Distribution> {
    const distribution = this.open(workflows, options);
    await distribution.work({ shutdownSignals: [], ...work });
    return distribution;
  }

  /** A client of Redis, to look with. */
  client(): Redis {
    const client = new Redis(this.#url);
    this.#opened.push({ close: async () => client.disconnect() });
    return client;
  }

  /** Closes this too, after the test. */
  closes(opened: { close(): Promise<unknown> }): void {
    this.#opened.push(opened);
  }

  async #close(): Promise<void> {
    for (const opened of this.#opened.splice(0).reverse()) await opened.close();
  }
}

/** @param options - of every distribution of the fleet; the shortest lease and sweep unless given. */
export function fleetOn(url: string, prefix: string, options: FleetOptions = {}): Fleet {
  return new Fleet(url, prefix, { lease: '1s', sweep: '300ms', ...options });
}
