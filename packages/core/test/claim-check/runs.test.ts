/**
 * Whole runs on a store whose large texts are documents: killed, resumed, repeated, secure.
 */
import { randomBytes } from 'node:crypto';
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import {
  claimCheck,
  event,
  type Flow,
  inspectRun,
  memoryRunStore,
  rerun,
  resume,
  start,
  workflow,
} from '../../src/index.ts';
import { aesCipher } from '../durable/aes-cipher.ts';
import { MemoryDocuments } from './memory-documents.ts';

it('a run with documents for all of its texts is suspended, resumed and repeated', async () => {
  const clock = virtualClock({ autoAdvance: true });
  const inner = memoryRunStore({ clock });
  const documents = new MemoryDocuments();
  const process = () => claimCheck(inner, documents, { above: 0, clock });
  const called: string[] = [];
  let isBroken = true;
  const orders = workflow('Orders', (flow: Flow<number[]>) => {
    const loop = flow.forEach(
      'Loop',
      [],
      (_, { input }) => input,
      (each) =>
        each.action('Mail', ({ item }) => {
          called.push(`Mail ${item}`);
          if (item === 2 && isBroken) throw new Error('no');
          return { mailed: item };
        }),
    );
    const wait = flow.waitFor('Wait', [], event<{ ok: boolean }>('go'));
    return flow.action('Close', [wait, loop], ([wait, loop]) => ({ wait, loop }));
  });

  const first = start(orders, [1, 2, 3], { store: process(), clock, runId: 'r' });
  await expect.poll(() => called).toHaveLength(3);
  await expect.poll(async () => (await inner.readFrame('r', 'Loop')).length).toBe(3);
  await Promise.all([
    expect(first.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' }),
    first.suspend(),
  ]);
  const second = await resume(orders, 'r', { store: process(), clock });
  await second.signal('go', { ok: true });
  expect((await second.finished).status).toBe('Failed');
  expect(called).toEqual(['Mail 1', 'Mail 2', 'Mail 3']);

  isBroken = false;
  const again = await rerun(orders, 'r', { store: process(), clock, runId: 'again' });
  await again.signal('go', { ok: false });
  const result = await again.finished;
  expect(result).toMatchObject({
    status: 'Succeeded',
    outputs: { loop: [{ mailed: 1 }, { mailed: 2 }, { mailed: 3 }] },
  });
  expect(called.slice(3)).toEqual(['Mail 2']);

  const outputs: unknown[] = [];
  for await (const outcome of (await inspectRun(process(), 'again')).outcomes('Loop')) {
    outputs.push(outcome.outputs);
  }
  expect(outputs).toEqual([{ mailed: 1 }, { mailed: 2 }, { mailed: 3 }]);
  for (const runId of ['r', 'again']) await process().deleteRun(runId);
  expect(documents.values).toEqual([]);
});

it('secure values are encrypted in documents as everywhere', async () => {
  const clock = virtualClock({ autoAdvance: true });
  const documents = new MemoryDocuments();
  const store = claimCheck(memoryRunStore({ clock }), documents, { above: 0, clock });
  const secret = 'the-secret-token';
  const login = workflow('Login', (flow: Flow<string>) => {
    const token = flow.action('Token', () => secret.repeat(3), { secure: { outputs: true } });
    return flow.action('Use', [token], ([token]) => token.length);
  });
  const cipher = aesCipher(randomBytes(32));
  const run = start(login, 'ann', { store, clock, cipher, runId: 'r' });

  expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: secret.length * 3 });
  expect(documents.values.length).toBeGreaterThan(3);
  expect(documents.values.join()).not.toContain(secret);
});
