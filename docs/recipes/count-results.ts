/**
 * Count the results, not in the loop: what concurrent code adds up by itself, it loses.
 *
 * The page is docs/cookbook/count-results.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { boundedMap, type Flow, settled, start, workflow } from '@runafter/core';
import { collect, tally } from '@runafter/results';

const clock = virtualClock({ autoAdvance: true });

interface Order {
  readonly id: number;
}

const orders: Order[] = Array.from({ length: 20 }, (_, index) => ({ id: index + 1 }));

async function ship({ id }: Order): Promise<string> {
  await clock.sleep('1s');
  return `parcel ${id}`;
}

/** A number in a database: reading and writing it takes a while, as it does over a network. */
function counterFrom(start: number) {
  let value = start;
  return {
    async read(): Promise<number> {
      await clock.sleep('100ms');
      return value;
    },
    async write(next: number): Promise<void> {
      await clock.sleep('100ms');
      value = next;
    },
  };
}

async function asPeopleWriteIt(): Promise<void> {
  const counter = counterFrom(5);
  // #region bug
  let parcels: string[] = [];

  await boundedMap(orders, { concurrency: 20 }, async (order) => {
    parcels = parcels.concat(await ship(order)); // reads the array, waits, writes it
    const value = await counter.read();
    await counter.write(value + 1); // by now 19 others have read the same value
  });

  assert.equal(parcels.length, 1); // of 20
  assert.equal(await counter.read(), 6); // not 25
  // #endregion
}

async function withResults(): Promise<void> {
  const counter = counterFrom(5);
  // #region fix
  const shipOrders = workflow('Ship_Orders', (flow: Flow<Order[]>) => {
    const shipping = flow.forEach(
      'Shipping',
      [],
      (_, { input }) => input,
      (each) => each.action('Ship', ({ item }) => ship(item)),
      { concurrency: 20 },
    );
    const summary = flow.action('Summarize', [settled(shipping)], ([{ iterations }]) => ({
      parcels: collect(iterations),
      counts: tally(iterations),
    }));
    return flow.action('Add_To_Counter', [summary], async ([summary]) => {
      await counter.write((await counter.read()) + summary.counts.Succeeded); // once, not 20 times
      return summary;
    });
  });

  const result = await start(shipOrders, orders, { clock }).finished;
  assert(result.status === 'Succeeded');
  assert.equal(result.outputs.parcels.length, 20);
  assert.equal(result.outputs.counts.Succeeded, 20);
  assert.equal(await counter.read(), 25);
  // #endregion
  assert.deepEqual(
    result.outputs.parcels,
    orders.map(({ id }) => `parcel ${id}`),
  );
}

await asPeopleWriteIt();
await withResults();
