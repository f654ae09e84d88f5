/** Who waits at a gate or for a session says so on the channel of waits. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { watchWaits } from '@runafter/clock';
import { expect, it, onTestFinished } from 'vitest';
import { runGate, sessionPool } from '../src/index.ts';

function listen(): string[] {
  const told: string[] = [];
  onTestFinished(
    watchWaits(({ kind, name }) => {
      told.push(`${kind} ${name}`);
      return undefined;
    }),
  );
  return told;
}

it('a gate tells of who waits in front of it', async () => {
  const told = listen();
  const gate = runGate({ concurrency: 1, name: 'imports' });
  const first = await gate.enter();
  expect(told).toEqual([]);
  const second = gate.enter();
  first.release();
  (await second).release();
  expect(told).toEqual(['gate Run gate "imports"']);
});

it('a session pool tells of each job that waits, and of its own requests to none of them', async () => {
  const told: string[] = [];
  const caller = new AsyncLocalStorage<string>();
  onTestFinished(
    watchWaits(({ kind, name }) => {
      const who = caller.getStore();
      if (who !== undefined) told.push(`${who}: ${kind} ${name}`);
      return undefined;
    }),
  );
  const robots = sessionPool({ machines: [{ name: 'VM-1', sessions: 1 }], name: 'robots' });
  const jobs = ['ann', 'bob', 'cyd'].map((user) =>
    caller.run(user, () => robots.run({ user }, () => new Promise((done) => setImmediate(done)))),
  );
  await Promise.all(jobs);
  expect(told).toEqual(['ann: claim robots', 'bob: claim robots', 'cyd: claim robots']);
  await robots.close();
});
