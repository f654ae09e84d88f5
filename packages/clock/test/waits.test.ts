import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { concurrencyLimiter, traceWait, waitChannel, watchWaits } from '../src/index.ts';

const caller = new AsyncLocalStorage<string>();
let unsubscribe = (): void => undefined;

afterEach(() => {
  vi.restoreAllMocks();
  unsubscribe();
  expect(waitChannel.hasSubscribers).toBe(false);
});

/** Notes what is told, with whom it finds in the async context. */
function listen(): string[] {
  const told: string[] = [];
  unsubscribe = watchWaits(({ kind, name }) => {
    told.push(`start ${kind} ${name} of ${caller.getStore()}`);
    return (error) => {
      const why = error === undefined ? '' : `: ${(error as Error).message}`;
      told.push(`end ${kind} ${name} of ${caller.getStore()}${why}`);
    };
  });
  return told;
}

describe('the channel of waits', () => {
  it('tells of a wait in the async context of whoever waits', async () => {
    const told = listen();
    const limiter = concurrencyLimiter(1, { name: 'crm' });
    const first = await limiter.acquire();
    const second = caller.run('ann', () => limiter.acquire());
    first.release();
    (await second).release();
    expect(told).toEqual(['start throttle crm of ann', 'end throttle crm of ann']);
  });

  it('tells nothing of who is let in at once', async () => {
    const told = listen();
    (await concurrencyLimiter(1).acquire()).release();
    expect(told).toEqual([]);
  });

  it('tells why a wait has ended with nothing, also one that is refused at once', async () => {
    const told = listen();
    const refused = (): Promise<never> => {
      throw new Error('full');
    };
    await expect(traceWait('gate', 'door', refused)).rejects.toThrow('full');
    expect(told).toEqual(['start gate door of undefined', 'end gate door of undefined: full']);
  });

  it('tells nothing of a limiter inside of something that tells of its own waits', async () => {
    const told = listen();
    const limiter = concurrencyLimiter(1, { tellsWaits: false });
    const first = await limiter.acquire();
    const second = limiter.acquire();
    first.release();
    (await second).release();
    expect(told).toEqual([]);
  });

  it('makes a process warning of what a listener throws, and the wait goes on', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const fail = (): never => {
      throw new Error('broken');
    };
    unsubscribe = watchWaits(fail);
    expect(await traceWait('lock', 'a', async () => 1)).toBe(1);
    unsubscribe();
    unsubscribe = watchWaits(() => fail);
    expect(await traceWait('lock', 'a', async () => 2)).toBe(2);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it('hands the promise of a wait through as it is while nobody listens', () => {
    const promise = Promise.resolve(1);
    expect(traceWait('lock', 'a', () => promise)).toBe(promise);
  });
});
