/**
 * The store alone: `recordOutcome` next to raw inserts of the same rows in the same mode.
 *
 * One writer that awaits each outcome is next to a transaction for each row. A hundred writers at once
 * are next to transactions of a hundred rows, which is what the store makes of them.
 * @module
 */
import type { RunStore, Writer } from '@runafter/core';
import type { Duel, Side } from '../harness/work.ts';
import { RawOutcomes } from './raw-outcomes.ts';
import { newSqliteStore, type Synchronous } from './stores.ts';

/** How many outcomes the work has: forced to the disk one by one, few take long enough. */
const units: Readonly<Record<Synchronous, number>> = { full: 50, normal: 1_000 };
const groups: Readonly<Record<Synchronous, number>> = { full: 5, normal: 20 };
const writers = 100;

/** Outcomes of a loop's iterations, as the engine records them. */
class Iterations {
  readonly #store: RunStore;
  readonly #writer: Writer;
  #next = 0;

  private constructor(store: RunStore, writer: Writer) {
    this.#store = store;
    this.#writer = writer;
  }

  static async begin(synchronous: Synchronous): Promise<Iterations> {
    const store = await newSqliteStore(synchronous);
    const runId = 'run';
    const run = { runId, workflow: 'Loop', definition: '{}', input: '[0]', keyRoot: runId };
    const created = await store.createRun(
      { ...run, startTime: Date.now() },
      { holder: 'benchmark', ttl: 3_600_000 },
    );
    if (created.state !== 'created') throw new Error('The store was not empty.');
    return new Iterations(store, { runId, token: created.token });
  }

  /** @returns 1 when it was recorded, for a sum that no side can fake. */
  async record(): Promise<number> {
    const key = this.#next++;
    const now = Date.now();
    const recorded = await this.#store.recordOutcome(this.#writer, {
      outcome: {
        ...{ frame: 'Items', key, status: 'Succeeded', attempt: 1 },
        ...{ outputs: `[${key + 1}]`, startTime: now, endTime: now },
      },
    });
    return Number(recorded === 'recorded');
  }

  /** So many outcomes, one after the other. */
  async recordEach(count: number): Promise<number> {
    let recorded = 0;
    for (let outcome = 0; outcome < count; outcome++) recorded += await this.record();
    return recorded;
  }
}

function oneWriter(synchronous: Synchronous): Duel {
  const count = units[synchronous];
  const side = (prepare: Side['prepare']): Side => ({ units: count, expected: count, prepare });
  return {
    kind: 'duel',
    name: `outcomes, one writer, synchronous ${synchronous}`,
    unit: 'µs/outcome',
    ours: side(async () => {
      const iterations = await Iterations.begin(synchronous);
      return () => iterations.recordEach(count);
    }),
    peers: {
      'raw inserts': {
        ...side(async () => {
          const raw = new RawOutcomes(synchronous);
          return () => {
            raw.insertOneByOne(count);
            return count;
          };
        }),
        target: 2,
      },
    },
  };
}

function manyWriters(synchronous: Synchronous): Duel {
  const each = groups[synchronous];
  const count = each * writers;
  const side = (prepare: Side['prepare']): Side => ({ units: count, expected: count, prepare });
  return {
    kind: 'duel',
    name: `outcomes, ${writers} writers, synchronous ${synchronous}`,
    unit: 'µs/outcome',
    ours: side(async () => {
      const iterations = await Iterations.begin(synchronous);
      return async () => {
        const all = Array.from({ length: writers }, () => iterations.recordEach(each));
        return (await Promise.all(all)).reduce((sum, recorded) => sum + recorded);
      };
    }),
    peers: {
      [`raw inserts, ${writers} a transaction`]: {
        ...side(async () => {
          const raw = new RawOutcomes(synchronous);
          return () => {
            raw.insertInGroups(count, writers);
            return count;
          };
        }),
        target: 2,
      },
    },
  };
}

export const outcomeWorks: readonly Duel[] = [
  oneWriter('full'),
  oneWriter('normal'),
  manyWriters('full'),
  manyWriters('normal'),
];
