import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { untilAborted } from '../src/index.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('untilAborted', () => {
  it('settles as the promise does, and leaves no listener', async () => {
    const { signal } = new AbortController();
    const failure = new Error('no');
    expect(await untilAborted(signal, Promise.resolve(7))).toBe(7);
    await expect(untilAborted(signal, Promise.reject(failure))).rejects.toBe(failure);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('waits for the promise alone where there is no signal', async () => {
    expect(await untilAborted(undefined, Promise.resolve(7))).toBe(7);
    await expect(untilAborted(undefined, Promise.reject('no'))).rejects.toBe('no');
  });

  it('takes anything that has a then()', async () => {
    const thenable: PromiseLike<number> = Promise.resolve(7);
    expect(await untilAborted(new AbortController().signal, thenable)).toBe(7);
  });

  it('rejects with the reason as soon as the signal is aborted, and leaves no listener', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(controller.signal, new Promise(() => {}));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    const reason = { why: 'the user left' };
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('rejects at once when the signal is aborted already', async () => {
    const signal = AbortSignal.abort('too late');
    await expect(untilAborted(signal, new Promise(() => {}))).rejects.toBe('too late');
    await expect(untilAborted(signal, Promise.resolve(7))).rejects.toBe('too late');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('hears a rejection that comes after the abort, so that nobody else has to', async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', note);
    const controller = new AbortController();
    let fail = (_: Error) => {};
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const waiting = untilAborted(controller.signal, work);
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    fail(new Error('too late'));
    await expect(untilAborted(controller.signal, Promise.reject(new Error('before')))).rejects.toBe(
      'enough',
    );
    await nextTurn();
    process.off('unhandledRejection', note);
    expect(unheard).toEqual([]);
  });
});
