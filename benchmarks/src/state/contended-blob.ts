/**
 * A hundred updates of one blob at once: update(), which combines them, next to a hundred callers with a
 * plain retry loop.
 *
 * Round trips are counted by Node: each HTTP request that is sent, whoever sends it. So both sides are
 * counted alike, with all that their client does.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { placeIn } from '../harness/bench-places.ts';
import type { Measure, Side, Work } from '../harness/work.ts';
import { inRetryLoop } from './retry-loop.ts';
import type { Count } from './tallies.ts';

const updates = 100;

/** Opens a new number, and gives what adds all the updates to it and says what it is then. */
type Open = () => Promise<() => Promise<number>>;

/** @param stores - over how many stores the updates are spread: each stands for a process. */
function withUpdate(stores: number): Open {
  return async () => {
    const { blobDocumentStore } = await import('@runafter/azure-blob');
    const { update } = await import('@runafter/optimistic');
    const { url, container } = placeIn('azurite');
    const opened = Array.from({ length: stores }, () =>
      blobDocumentStore<Count>({ connectionString: url, container }),
    );
    const key = randomUUID();
    await opened[0]?.create(key, { n: 0 });
    return async () => {
      const all = Array.from({ length: updates / stores }, () =>
        opened.map((store) => update(store, key, (count) => ({ n: (count?.n ?? 0) + 1 }))),
      );
      const made = await Promise.all(all.flat());
      return Math.max(...made.map(({ value }) => value.n));
    };
  };
}

const withRetryLoop: Open = async () => {
  const addOne = await inRetryLoop(placeIn('azurite'));
  return async () => {
    const made = await Promise.all(Array.from({ length: updates }, addOne));
    return Math.max(...made);
  };
};

function roundTrips(open: Open): Measure {
  return async () => {
    const addAll = await open();
    let requests = 0;
    subscribe('http.client.request.start', () => requests++);
    const sum = await addAll();
    if (sum !== updates) throw new Error(`${updates} were added, and the sum is ${sum}.`);
    return requests;
  };
}

function time(open: Open): Side {
  return {
    units: 1,
    expected: updates,
    async prepare() {
      const addAll = await open();
      let before = 0;
      return async () => {
        const sum = await addAll();
        const added = sum - before;
        before = sum;
        return added;
      };
    },
  };
}

const peer = `${updates} retry loops`;

function works(title: string, ours: Open, target: { readonly target?: number }): Work[] {
  return [
    {
      kind: 'probe',
      name: `${title}: round trips`,
      unit: 'requests',
      needs: 'azurite',
      once: true,
      ours: roundTrips(ours),
      peers: { [peer]: { measure: roundTrips(withRetryLoop), ...target } },
    },
    {
      kind: 'duel',
      name: `${title}: time`,
      unit: 'ms',
      needs: 'azurite',
      ours: time(ours),
      peers: { [peer]: time(withRetryLoop) },
      long: true,
    },
  ];
}

export const contendedBlobWorks: readonly Work[] = [
  ...works(`blob, ${updates} updates at once`, withUpdate(1), { target: 0.1 }),
  ...works(`blob, ${updates} updates at once, from 10 stores`, withUpdate(10), {}),
];
