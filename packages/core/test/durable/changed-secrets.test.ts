/**
 * What becomes secure, or is so no more, between two versions of a definition.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { virtualClock } from '@runafter/clock';
import { event, type Flow, memoryRunStore, resume, signal, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { currentDefinition, keepDefinition } from '../../src/durable/current-definition.ts';
import { storedDefinition } from '../../src/durable/stored-definition.ts';
import { aesCipher } from './aes-cipher.ts';
import { MortalProcess } from './mortal-process.ts';
import { recordedStore } from './recorded-store.ts';
import { slowly } from './slowly.ts';

const secret = 'hunter2';
const hidden = { secure: { outputs: true } };
const cipher = aesCipher(randomBytes(32));

const login = (process: MortalProcess, secure: boolean, got: (value: unknown) => void = () => {}) =>
  workflow('Login', (flow: Flow<undefined>) => {
    const token = flow.action('Token', () => secret, secure ? hidden : {});
    flow.action('Use', [token], async ([token], context) => {
      await slowly(process, context, 1, '1m');
      got(token);
    });
  });

/** A run whose first process has died in `Use`. */
async function died(secure: boolean) {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const first = new MortalProcess(store, clock);
  first.start(login(first, secure), undefined, { cipher });
  clock.setTimer(30_000, () => first.kill());
  await first.died;
  await first.bury();
  return new MortalProcess(store, clock);
}

describe.each([
  ['secure now', false, 'Token hands over a secure value now', 'Use takes in a secure value now'],
  [
    'secure no more',
    true,
    'Token hands over no secure value any more',
    'Use takes in no secure value any more',
  ],
])('what is %s', (_, before, token, use) => {
  it('is a changed definition', async () => {
    const second = await died(before);

    await expect(
      resume(login(second, !before), 'r', { ...second.place, cipher }),
    ).rejects.toMatchObject({
      code: 'DEFINITION_CHANGED',
      changes: [
        { path: 'Token', text: token },
        { path: 'Use', text: use },
      ],
    });
  });

  it('is read as it was stored, where the change is allowed', async () => {
    const second = await died(before);
    const got: unknown[] = [];
    const changed = login(second, !before, (value) => got.push(value));
    const options = { ...second.place, cipher, allowChanges: true };
    const run = await resume(changed, 'r', options);

    expect((await run.finished).status).toBe('Succeeded');
    expect(got).toEqual([secret]);
  });
});

it('what was encrypted is not taken for plain text without its cipher', async () => {
  const second = await died(true);
  const run = resume(login(second, false), 'r', { ...second.place, allowChanges: true });

  await expect(run.then(({ finished }) => finished)).rejects.toMatchObject({
    code: 'CIPHER_FAILED',
    message: expect.stringContaining('Pass the cipher'),
  });
});

describe('a signal to a run that goes on with a changed definition', () => {
  const outline = (add: boolean) =>
    storedDefinition(
      workflow('Codes', (flow: Flow<void>) => {
        flow.waitFor('Paid', [], event('paid'));
        if (add) flow.waitFor('Code', [], event<string>('code'), hidden);
      }).definition,
    );

  async function changedRun() {
    const { store, calls } = recordedStore();
    const definition = outline(false);
    const run = { runId: 'r', workflow: 'Codes', definition, input: '-1', keyRoot: 'r' };
    const held = await store.createRun(
      { ...run, startTime: 0 },
      { holder: 'test', ttl: Number.MAX_SAFE_INTEGER },
    );
    const token = held.state === 'created' ? held.token : -1;
    return { store, calls, writer: { runId: 'r', token } };
  }

  it('is known by the events of that one, and encrypted where they are secure', async () => {
    const { store, calls, writer } = await changedRun();
    await expect(signal(store, 'r', 'code', secret, { cipher })).rejects.toMatchObject({
      code: 'SIGNAL_UNKNOWN',
    });
    expect(await keepDefinition(store, writer, outline(true))).toBe(true);

    expect(await signal(store, 'r', 'code', secret, { cipher })).toBe('kept');
    await expect(signal(store, 'r', 'code', secret)).rejects.toMatchObject({
      code: 'CIPHER_REQUIRED',
    });
    expect(JSON.stringify(calls)).not.toContain(secret);
  });

  it('is judged by the outline of whoever holds the run, and of nobody else', async () => {
    const { store } = await changedRun();
    const run = await store.readRun('r');

    expect(await keepDefinition(store, { runId: 'r', token: -1 }, outline(true))).toBe(false);
    expect(run && (await currentDefinition(store, run))).toEqual(JSON.parse(outline(false)));
  });
});
