import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { concurrencyLimiter, traceWait, type WaitContext, waitChannel } from '../src/index.ts';

const caller = new AsyncLocalStorage<string>();
let unsubscribe = (): void => undefined;

afterEach(() => {
  unsubscribe();
  expect(waitChannel.hasSubscribers).toBe(false);
});

/** Notes what the channel tells, with whom it finds in the async context. */
function listen(): string[] {
  const told: string[] = [];
  const note = (what: string) => (message: unknown) => {
    const { kind, name, error } = message as WaitContext;
    const why = error === undefined ? '' : `: ${(error as Error).message}`;
    told.push(`${what} ${kind} ${name} of ${caller.getStore()}${why}`);
  };
  const [start, asyncEnd] = [note('start'), note('end')];
  waitChannel.start.subscribe(start);
  waitChannel.asyncEnd.subscribe(asyncEnd);
  unsubscribe = () => {
    waitChannel.start.unsubscribe(start);
    waitChannel.asyncEnd.unsubscribe(asyncEnd);
  };
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

  it('hands the promise of a wait through as it is while nobody listens', () => {
    const promise = Promise.resolve(1);
    expect(traceWait('lock', 'a', () => promise)).toBe(promise);
  });
});
