/**
 * Count without losing any: twenty orders, a counter that stands at five, four ways.
 *
 * The page is docs/cookbook/count-without-losing-any.md. `sqliteCounter` stands for any database: the
 * counters of SQL Server, PostgreSQL and Redis have the same methods.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { boundedMap, type Flow, settled, start, workflow } from '@runafter/core';
import { shardedCounter } from '@runafter/counter';
import { memoryDocumentStore } from '@runafter/optimistic';
import { tally } from '@runafter/results';
import { sqliteCounter } from '@runafter/sqlite';

const clock = virtualClock({ autoAdvance: true });

interface Order {
  readonly id: string;
}

const orders: Order[] = Array.from({ length: 20 }, (_, index) => ({ id: `order-${index + 1}` }));
const ship = (_order: Order) => clock.sleep('1s');

/** A number in a list or a table: reading and writing it takes a while, as it does over a network. */
function fieldFrom(value: number) {
  let field = value;
  return {
    async get(): Promise<number> {
      await clock.sleep('100ms');
      return field;
    },
    async set(next: number): Promise<void> {
      await clock.sleep('100ms');
      field = next;
    },
  };
}

async function naive(): Promise<bigint> {
  const shipped = fieldFrom(5);
  // #region bug
  await boundedMap(orders, { concurrency: 20 }, async (order) => {
    await ship(order);
    await shipped.set((await shipped.get()) + 1); // 19 others have read the same value
  });
  assert.equal(await shipped.get(), 6); // not 25, and nothing has failed
  // #endregion
  return BigInt(await shipped.get());
}

async function atomic(): Promise<bigint> {
  await using counter = sqliteCounter(':memory:');
  await counter.add('shipped', 5);
  // #region atomic
  await boundedMap(orders, { concurrency: 20 }, async (order) => {
    await ship(order);
    await counter.add('shipped', 1, { once: order.id }); // SET n = n + 1, in the database
  });
  assert.equal(await counter.read('shipped'), 25n);
  // #endregion

  // #region once
  await counter.add('shipped', 1, { once: 'order-7' }); // a retry, or a run that was resumed
  assert.equal(await counter.read('shipped'), 25n);
  // #endregion
  return await counter.read('shipped');
}

async function sharded(): Promise<bigint> {
  // #region sharded
  const counter = shardedCounter(memoryDocumentStore(), { shards: 5 }); // or on blobs, or a REST resource
  await counter.add('shipped', 5);

  await boundedMap(orders, { concurrency: 20 }, async (order) => {
    await ship(order);
    await counter.add('shipped', 1, { once: order.id }); // hash of the id, modulo 5: one of five documents
  });
  assert.equal(await counter.read('shipped'), 25n); // the sum of the five
  // #endregion
  return await counter.read('shipped');
}

async function aggregated(): Promise<bigint> {
  const shipped = fieldFrom(5);
  // #region aggregated
  const shipOrders = workflow('Ship_Orders', (flow: Flow<Order[]>) => {
    const shipping = flow.forEach(
      'Shipping',
      [],
      (_, { input }) => input,
      (each) => each.action('Ship', ({ item }) => ship(item)),
      { concurrency: 20 },
    );
    flow.action('Count', [settled(shipping)], async ([{ iterations }]) => {
      await shipped.set((await shipped.get()) + tally(iterations).Succeeded); // once, after the loop
    });
  });
  await start(shipOrders, orders, { clock }).finished;
  assert.equal(await shipped.get(), 25);
  // #endregion
  return BigInt(await shipped.get());
}

console.table({
  'read, add, write': { shipped: await naive(), 'should be': 25n },
  'atomic counter': { shipped: await atomic(), 'should be': 25n },
  'sharded counter': { shipped: await sharded(), 'should be': 25n },
  'count the results': { shipped: await aggregated(), 'should be': 25n },
});
