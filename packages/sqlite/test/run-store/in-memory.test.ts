/** A store without a file, which ends with the process. */
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import { sqliteRunStore } from '../../src/index.ts';
import { createRun, outcome } from '../outcome.ts';

it('keeps runs until it is closed, and looks at no clock for signals of others', async () => {
  const clock = virtualClock();
  const store = sqliteRunStore(':memory:', { clock });
  const writer = await createRun(store, 'r');
  await store.recordOutcome(writer, outcome('F', 1));
  let heard = 0;
  store.onSignal('r', () => heard++);
  expect(clock.pending).toBe(0);
  await store.putSignal('r', { event: 'go', payload: '' });
  expect(heard).toBe(1);
  expect(await store.readFrame('r', 'F')).toHaveLength(1);
  await store.close();
});

it('shares nothing with another one', async () => {
  const [one, two] = [sqliteRunStore(':memory:'), sqliteRunStore(':memory:')];
  await createRun(one, 'r');
  expect(await two.readRun('r')).toBeUndefined();
  await Promise.all([one.close(), two.close()]);
});
