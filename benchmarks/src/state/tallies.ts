/**
 * Numbers in what runafter has for them: counters, and documents that update() changes.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Counter } from '@runafter/counter';
import type { DocumentStore } from '@runafter/optimistic';
import { type OpenTallies, type Tally, tallyOf } from './tally.ts';

/** The document that a number is kept in. */
export interface Count {
  readonly n: number;
}

/** Opens something for one client. It is closed with the rest; what is below it goes to `cleanup`. */
export type Open<T> = (cleanup: AsyncDisposableStack) => Promise<T>;

/** A counter is opened for each client. */
export function inCounter(open: Open<Counter>): OpenTallies {
  return openEach(open, async (counter, name) =>
    tallyOf(
      () => counter.add(name, 1),
      async () => Number(await counter.read(name)),
    ),
  );
}

/** As {@link inCounter}; each addition has an id of its own, by which it counts once. */
export function inCounterOnce(open: Open<Counter>): OpenTallies {
  return openEach(open, async (counter, name) =>
    tallyOf(
      () => counter.add(name, 1, { once: newId() }),
      async () => Number(await counter.read(name)),
    ),
  );
}

/** A store is opened for each client, so no client's update is combined with another's. */
export function inDocument(open: Open<DocumentStore<Count>>): OpenTallies {
  return openEach(open, async (store, key) => {
    const { update } = await import('@runafter/optimistic');
    return tallyOf(
      () => update(store, key, (count) => ({ n: (count?.n ?? 0) + 1 })),
      async () => (await store.read(key))?.value.n ?? 0,
    );
  });
}

let ids = 0;

/** An operation id that nothing else has. */
export function newId(): string {
  return `${process.pid}-${ids++}`;
}

function openEach<T extends AsyncDisposable>(
  open: Open<T>,
  tallyIn: (opened: T, name: string) => Promise<Tally>,
): OpenTallies {
  return async (clients, cleanup) => {
    const name = randomUUID();
    const tallies: Tally[] = [];
    for (let client = 0; client < clients; client++) {
      tallies.push(await tallyIn(cleanup.use(await open(cleanup)), name));
    }
    return tallies;
  };
}
