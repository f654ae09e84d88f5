/** Redis goes away for a moment, for the queues or for the runs: all goes on, and only `onFault` hears of it. */
import { type Flow, workflow } from '@runafter/core';
import { migrate, postgresRunStore } from '@runafter/postgres';
import { redisRunStore } from '@runafter/redis';
import { sqliteRunStore } from '@runafter/sqlite';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { fleetOn } from './fleet.ts';
import { gatedFlow } from './gated-flow.ts';
import { parcels } from './parcels.ts';

const flow = parcels(async () => undefined);

await onService('redis', ({ url, prefix }) => {
  async function proxied(): Promise<FaultProxy> {
    const proxy = await faultProxy({ url });
    onTestFinished(() => proxy.close());
    return proxy;
  }

  async function away(proxy: FaultProxy): Promise<void> {
    proxy.refuse();
    proxy.cut();
    await vi.waitUntil(() => proxy.counts.refused > 0, { timeout: 20_000 });
    proxy.heal();
  }

  describe.each([{ eager: true }, { eager: false }])('eager: $eager', ({ eager }) => {
    it('the Redis of the queues is away for a moment while an action is at work', async () => {
      const proxy = await proxied();
      // Longer than it is away: what loses its lock is handed back.
      const fleet = fleetOn(url, prefix, { connection: { url: proxy.url }, lease: '10s' });
      const { flow, made, endAll } = gatedFlow();
      const worker = await fleet.work([flow], { eager });
      const run = await worker.start(flow, 1);
      await made(1);
      await away(proxy);
      endAll({ First: 'a', Second: 'b' });
      expect(await run.finished).toMatchObject({ outputs: ['a', 'b'] });
      expect(fleet.faults.length).toBeGreaterThan(0);
    });

    it('the store is away for a moment while an action is at work', async () => {
      const proxy = await proxied();
      // A run that could not be given back meanwhile goes on a lease later.
      const fleet = fleetOn(url, prefix, { lease: '2s' });
      const { flow, made, endAll } = gatedFlow();
      const stores = [1, 2].map(() =>
        redisRunStore(proxy.url, { prefix: `${fleet.prefix}-runs:` }),
      );
      for (const store of stores) {
        fleet.closes(store);
        await fleet.work([flow], { eager }, { store });
      }
      const run = await fleet.open([flow]).start(flow, 1);
      await made(1);
      await away(proxy);
      endAll({ First: 'a', Second: 'b' });
      expect(await run.finished).toMatchObject({ outputs: ['a', 'b'] });
    });
  });

  it('connections are cut again and again: every run ends, and no item is done twice', async () => {
    const proxy = await proxied();
    const done: string[] = [];
    const flow = workflow('Cut', (flow: Flow<number>) =>
      flow.forEach(
        'Each',
        [],
        () => [0, 1, 2, 3, 4, 5, 6, 7],
        (each) => each.action('Do', ({ idempotencyKey }) => void done.push(idempotencyKey)),
      ),
    );
    const fleet = fleetOn(url, prefix, { connection: { url: proxy.url } });
    const workers = [await fleet.work([flow], { eager: false }), await fleet.work([flow])];
    const runs = await Promise.all([1, 2, 3, 4].map((n) => workers[n % 2]?.start(flow, n)));
    for (let n = 0; n < 3; n++) await away(proxy);
    const results = await Promise.all(runs.map((run) => run?.finished));
    expect(results.map((result) => result?.status)).toEqual(Array(4).fill('Succeeded'));
    expect(new Set(done).size).toBe(32);
  });

  it('two processes share a file of SQLite on one machine', async () => {
    const fleet = fleetOn(url, prefix);
    const path = `/tmp/${fleet.prefix}.db`;
    const stores = [sqliteRunStore(path), sqliteRunStore(path)];
    for (const store of stores) {
      fleet.closes(store);
      await fleet.work([flow], { eager: false }, { store });
    }
    const starter = fleet.open([flow], { store: stores[0] as (typeof stores)[number] });
    expect(await (await starter.start(flow, 5)).finished).toMatchObject({
      outputs: [0, 1, 2, 3, 4],
    });
  });

  return onService('postgres', ({ url: database }) => {
    it('PostgreSQL keeps the runs, Redis the queues: a process that leaves is followed by another', async () => {
      const fleet = fleetOn(url, prefix, { lease: '1m' });
      await migrate(database);
      const { flow, made } = gatedFlow();
      const open = () => {
        const store = postgresRunStore(database);
        fleet.closes(store);
        return { store };
      };
      const leaving = await fleet.work([flow], { eager: false }, open());
      const run = await fleet.open([flow], open()).start(flow, 1);
      const first = await made(1);
      await fleet.work([flow], { eager: false }, open());
      const closed = leaving.close();
      first.end('a');
      await closed;
      (await made(2)).end('b');
      expect(await run.finished).toMatchObject({ outputs: ['a', 'b'] });
    });
  });
});
