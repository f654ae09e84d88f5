/**
 * Clients that work on one object at once, in an order that a seed decides: whatever they wait for is
 * released promise by promise, in a random order.
 * @module
 */
import { seededRandom } from '@runafter/clock';
import fc from 'fast-check';
import { exploreSchedule, type HistoryRecorder, recordHistory } from '../../src/index.ts';

/** A trip to the store or back, during which others get on. */
export type Hop = () => Promise<void>;

/** What a client has. */
export interface World<Shared, Op, Result> {
  readonly shared: Shared;
  readonly history: HistoryRecorder<Op, Result>;
  readonly hop: Hop;
  /** A whole number from 0 to below `bound`. */
  pick(bound: number): number;
}

/** A reply that got lost: the client does not know whether its call took effect. */
export class ReplyLostError extends Error {
  constructor() {
    super('the reply was lost');
  }
}

/** Lets clients A, B, C, … work until all are done, and gives the history of what they saw. */
export async function runClients<Shared, Op, Result>(options: {
  readonly seed: number;
  readonly count: number;
  readonly make: (hop: Hop) => Shared;
  readonly client: (name: string, world: World<Shared, Op, Result>) => Promise<void>;
}): Promise<HistoryRecorder<Op, Result>> {
  const { seed, count, make, client } = options;
  const random = seededRandom(seed);
  const [scheduler] = fc.sample(fc.scheduler(), { seed, numRuns: 1 });
  if (scheduler === undefined) throw new Error('No scheduler.');
  const hop = () => scheduler.schedule(Promise.resolve());
  const history = recordHistory<Op, Result>();
  const pick = (bound: number) => Math.floor(random() * bound);
  const world = { shared: make(hop), history, hop, pick };
  const names = Array.from({ length: count }, (_, index) => String.fromCharCode(65 + index));
  const done = Promise.all(names.map((name) => client(name, world)));
  await exploreSchedule(scheduler);
  await done;
  return history;
}
