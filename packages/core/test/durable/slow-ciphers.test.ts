/**
 * Ciphers that take their time: what was said later is what the store has in the end.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type Cipher, type Flow, memoryRunStore, resume, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { Sealing } from '../../src/durable/sealing.ts';
import { MortalProcess } from './mortal-process.ts';
import { recordedStore } from './recorded-store.ts';
import { slowly } from './slowly.ts';

/** Takes ten seconds for its first text, and less for each one after it. */
function tiringCipher(clock: { sleep(duration: number): Promise<void> }): Cipher {
  let left = 10_000;
  return {
    async encrypt(text) {
      const time = left;
      left = Math.max(0, left - 4_000);
      await clock.sleep(time);
      return btoa(encodeURIComponent(text));
    },
    decrypt: (text) => decodeURIComponent(atob(text)),
  };
}

/** An until over a secret, with a timeout: its first state and its deadline are saved one by one. */
const polling = (process: MortalProcess) =>
  workflow('Polling', (flow: Flow<void>) => {
    const token = flow.action('Token', () => 'hunter2', { secure: { outputs: true } });
    flow.until(
      'Poll',
      [token],
      ([token]) => token,
      (round) =>
        round.action('Ask', [round.state], ([token], context) =>
          slowly(process, context, token, '10m'),
        ),
      (_, { index }) => index === 5,
      { timeout: '30m' },
    );
  });

describe('with a cipher that takes longer for one text than for the next', () => {
  it('the states of an action are kept in the order in which they were made', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const begun = clock.now();
    const { store, calls } = recordedStore(memoryRunStore({ clock }));
    const cipher = tiringCipher(clock);
    const first = new MortalProcess(store, clock);
    first.start(polling(first), undefined, { cipher });
    clock.setTimer(15 * 60_000, () => first.kill());
    await first.died;
    await first.bury();

    const sealing = new Sealing(cipher, Number.POSITIVE_INFINITY);
    const states = calls
      .filter(({ method, args }) => method === 'saveState' && args[1] === 'Poll')
      .map(({ args }) => sealing.read(String(args[2]), 'A state'));
    expect(states.length).toBeGreaterThan(1);
    expect(await states.at(-1)).toMatchObject({
      given: { value: 'hunter2' },
      deadline: expect.any(Number),
    });
    const second = new MortalProcess(store, clock);
    const run = await resume(polling(second), 'r', { ...second.place, cipher });
    const { results } = await run.finished;

    // The deadline of the first process holds, half an hour after the loop began.
    expect(results[1]).toMatchObject({ name: 'Poll', error: { code: 'UNTIL_LIMIT_REACHED' } });
    expect(clock.now() - begun).toBeLessThan(31 * 60_000);
  });

  it('nothing that an action has saved is left behind by its end', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { store } = recordedStore(memoryRunStore({ clock }));
    const process = new MortalProcess(store, clock);
    const write = workflow('Timed', (flow: Flow<void>) => {
      flow.action('Token', () => 'hunter2', { secure: { outputs: true }, timeout: '1h' });
      flow.action('Beside', (context) => slowly(process, context, 1, '2m'));
    });
    const cipher = tiringCipher(clock);
    const run = process.start(write, undefined, { cipher });

    expect((await run.finished).status).toBe('Succeeded');
    expect(await store.readState('r', 'Token')).toBeUndefined();
  });
});
