/** The timer that looks for signals of other processes. */
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import { sqliteRunStore } from '../../src/index.ts';
import { createRun } from '../outcome.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('is one for the store, and only while there are subscribers', async () => {
  const clock = virtualClock();
  const store = sqliteRunStore(join(temporaryFolder(), 'runs.db'), { clock });
  await createRun(store, 'r');
  expect(clock.pending).toBe(0);
  const ends = ['r', 'r', 's'].map((runId) => store.onSignal(runId, () => {}));
  await clock.advance('1s');
  expect(clock.pending).toBe(1);
  for (const end of ends) end();
  expect(clock.pending).toBe(0);

  store.onSignal('r', () => {});
  await store.close();
  expect(clock.pending).toBe(0);
});

it('hears of a signal of another connection with the next look, and of each one once', async () => {
  const clock = virtualClock();
  const file = join(temporaryFolder(), 'runs.db');
  const [store, other] = [sqliteRunStore(file, { clock }), sqliteRunStore(file, { clock })];
  await createRun(store, 'r');
  let heard = 0;
  store.onSignal('r', () => heard++);
  await other.putSignal('r', { event: 'go', payload: '' });
  expect(heard).toBe(0);
  await clock.advance('250ms');
  expect(heard).toBe(1);
  await createRun(other, 's');
  await clock.advance('1s');
  expect(heard).toBe(1);
  await Promise.all([store.close(), other.close()]);
});
