/** Runs behind a pooler in transaction mode, where no session can listen: everything works, and signals are looked for. */
import type { RunStore } from '@runafter/core';
import { postgresRunStore } from '@runafter/postgres';
import { afterAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';
import { startPgBouncer } from './pg-bouncer.ts';

const { CI, TEST_SERVICES } = process.env;

await onService('postgres', async ({ url }) => {
  const database = useDatabase(url);
  const pooler = await startPgBouncer(url).catch((error: Error) => {
    if (CI || TEST_SERVICES) throw error;
    return error;
  });
  if (pooler instanceof Error) {
    it('behind PgBouncer', ({ skip }) => skip(`no PgBouncer, since ${pooler.message}`));
    return;
  }
  const { url: pooled, stop } = pooler;
  beforeEach(() => database.empty());
  afterAll(stop);

  function open(address: string): RunStore {
    const store = postgresRunStore(address, { signalPoll: 20 });
    onTestFinished(() => store.close());
    return store;
  }

  it('many runs are worked on by several stores at once', async () => {
    const [scheduler, worker] = [open(pooled), open(pooled)];
    const runs = Array.from({ length: 10 }, (_, n) => workOn(scheduler, worker, `run ${n}`));
    expect(await Promise.all(runs)).toEqual(runs.map(() => 20));
  });

  it('a signal wakes who waits there, whoever has sent it', async () => {
    const store = open(pooled);
    const direct = open(url);
    const run = { runId: 'r', workflow: 'w', definition: '', input: '', keyRoot: '', startTime: 1 };
    await store.createRun(run, { holder: 'me', ttl: 60_000 });
    let woken = 0;
    store.onSignal('r', () => woken++);
    for (const sender of [direct, open(pooled)]) {
      const before = woken;
      await sender.putSignal('r', { event: 'go', payload: '' });
      await vi.waitFor(() => expect(woken).toBeGreaterThan(before), { timeout: 10_000 });
    }
    expect(await direct.readSignals('r', 0)).toHaveLength(2);
  });
});

/** Attempts are claimed and reported by a worker and recorded by the scheduler; how many outcomes there are. */
async function workOn(scheduler: RunStore, worker: RunStore, runId: string): Promise<number> {
  const run = { runId, workflow: 'w', definition: '', input: '', keyRoot: runId, startTime: 1 };
  const created = await scheduler.createRun(run, { holder: 'me', ttl: 60_000 });
  const writer = { runId, token: created.state === 'created' ? created.token : 0 };
  for (let key = 0; key < 20; key++) {
    const place = { frame: '', key };
    const delivery = await worker.claimAttempt(runId, place, 1);
    expect(delivery).toBe(1);
    const report = { ...place, attempt: 1, delivery: 1 };
    expect(await worker.putSignal(runId, { event: 'report', payload: '', delivery: report })).toBe(
      'kept',
    );
    const outcome = {
      ...place,
      status: 'Succeeded',
      attempt: 1,
      startTime: 1,
      endTime: 2,
    } as const;
    expect(await scheduler.recordOutcome(writer, { outcome, signals: [key + 1] })).toBe('recorded');
  }
  expect(await scheduler.readSignals(runId, 0)).toEqual([]);
  return (await worker.readFrame(runId, '')).length;
}
