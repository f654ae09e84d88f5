/**
 * Texts of a store that nobody here can read: signals sent with another key, and what was changed.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { virtualClock } from '@runafter/clock';
import {
  event,
  type Flow,
  inspectRun,
  memoryRunStore,
  resume,
  settled,
  signal,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { aesCipher } from './aes-cipher.ts';

const secret = 'hunter2';
const hidden = { secure: { outputs: true } };
const cipher = aesCipher(randomBytes(32));
const otherCipher = aesCipher(randomBytes(32));

/** Two waits for the same event, one after the other, whatever became of the first. */
const twoCodes = (secure: boolean) =>
  workflow('Codes', (flow: Flow<void>) => {
    const options = secure ? hidden : {};
    const first = flow.waitFor('First', [], event<string>('code'), options);
    flow.waitFor('Second', [settled(first)], event<string>('code'), options);
  });

describe('a signal that cannot be read', () => {
  it('fails the wait that takes it, and is gone: the run goes on with the next one', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const options = { store, clock, cipher };
    const run = start(twoCodes(true), undefined, { ...options, runId: 'r' });
    await clock.advance(0);
    await signal(store, 'r', 'code', secret, { cipher: otherCipher });
    await signal(store, 'r', 'code', secret, { cipher });
    const { results } = await run.finished;

    expect(results[0]).toMatchObject({
      status: 'Failed',
      error: { code: 'CIPHER_FAILED', message: expect.stringContaining('withheld') },
    });
    expect(results[1]).toMatchObject({ status: 'Succeeded', outputs: '[secure]' });
    expect(await store.readSignals('r', 0)).toEqual([]);
  });

  it('does so after a restart, too, and no resume stumbles over it', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const place = { store, clock, cipher };
    const first = start(twoCodes(true), undefined, { ...place, runId: 'r' });
    const left = expect(first.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' });
    await clock.advance(0);
    await first.suspend();
    await left;
    await signal(store, 'r', 'code', secret, { cipher: otherCipher });
    const second = await resume(twoCodes(true), 'r', place);
    await signal(store, 'r', 'code', secret, { cipher });

    expect((await second.finished).results.map(({ status }) => status)).toEqual([
      'Failed',
      'Succeeded',
    ]);
  });

  it('says what is wrong with it where nothing is secure', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const run = start(twoCodes(false), undefined, { store, clock, runId: 'r' });
    await clock.advance(0);
    await store.putSignal('r', { event: 'code', payload: `${clock.now()} cut off` });
    await run.signal('code', 'good');
    const { results } = await run.finished;

    expect(results[0]).toMatchObject({
      error: { code: 'STORED_VALUE_INVALID', message: expect.stringContaining('cannot be read') },
    });
    expect(results[1]).toMatchObject({ status: 'Succeeded', outputs: 'good' });
  });
});

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('inspecting a run', () => {
  const login = workflow('Login', (flow: Flow<void>) => {
    flow.action('Token', () => secret, hidden);
    flow.action('Plain', () => 1);
  });

  it('shows that a value is encrypted', async () => {
    const store = memoryRunStore();
    await start(login, undefined, { store, cipher, runId: 'r' }).finished;
    const outputs = await listed((await inspectRun(store, 'r')).outcomes());

    expect(outputs.map(({ path, outputs }) => [path, outputs])).toEqual([
      ['Plain', 1],
      ['Token', '[secure]'],
    ]);
  });

  it('does not call a text secure that was cut: it rejects', async () => {
    const store = memoryRunStore();
    await store.createRun(
      { runId: 'r', workflow: 'W', definition: '{}', input: '-1', keyRoot: 'r', startTime: 0 },
      { holder: 'test', ttl: 1_000 },
    );
    const times = { startTime: 0, endTime: 1 };
    const place = { frame: '', key: 'Plain', status: 'Succeeded', attempt: 1 } as const;
    await store.recordOutcome(
      { runId: 'r', token: 1 },
      { outcome: { ...place, ...times, outputs: '[1' } },
    );
    const outcomes = (await inspectRun(store, 'r')).outcomes();

    await expect(listed(outcomes)).rejects.toMatchObject({ code: 'STORED_VALUE_INVALID' });
  });
});
