import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { concurrencyLimiter } from '../src/index.ts';

describe('concurrencyLimiter', () => {
  it('lets in as many as its maximum, and the next one when one leaves', async () => {
    const limiter = concurrencyLimiter(2);
    const first = await limiter.acquire();
    await limiter.acquire();
    let isIn = false;
    const third = limiter.acquire().then((permit) => {
      isIn = true;
      return permit;
    });
    await turn();
    expect({ isIn, active: limiter.active, waiting: limiter.waiting }).toEqual({
      isIn: false,
      active: 2,
      waiting: 1,
    });
    first.release();
    await third;
    expect({ active: limiter.active, waiting: limiter.waiting }).toEqual({ active: 2, waiting: 0 });
  });

  it('lets nobody in who leaves with the same signal, and puts one listener on it', async () => {
    const limiter = concurrencyLimiter(2);
    await limiter.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [2, 1, 1].map((weight) => limiter.acquire({ weight, signal }));
    const ends = Promise.allSettled(waits);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort('stop');
    const left = { status: 'rejected', reason: 'stop' };
    expect(await ends).toEqual([left, left, left]);
    expect({ active: limiter.active, waiting: limiter.waiting }).toEqual({ active: 1, waiting: 0 });
  });

  it('frees a permit once, however often it is released or disposed of', async () => {
    const limiter = concurrencyLimiter(1);
    const permit = await limiter.acquire();
    permit.release();
    const next = await limiter.acquire();
    permit.release();
    permit[Symbol.dispose]();
    expect(limiter.active).toBe(1);
    expect(await limiter.tryAcquire()).toBeUndefined();
    next[Symbol.dispose]();
    expect(limiter.active).toBe(0);
  });

  it('lets a higher priority in first, and equal ones in the order of their calls', async () => {
    const limiter = concurrencyLimiter(1);
    const order: string[] = [];
    const permit = await limiter.acquire();
    const visit = async (name: string, priority?: number) => {
      using _ = await limiter.acquire({ priority });
      order.push(name);
    };
    const visits = [
      visit('a'),
      visit('b'),
      visit('urgent', 5),
      visit('late', -1),
      visit('urgent 2', 5),
    ];
    permit.release();
    await Promise.all(visits);
    expect(order).toEqual(['urgent', 'urgent 2', 'a', 'b', 'late']);
    expect(limiter.active).toBe(0);
  });

  it('lets a higher priority into room that a heavier waiter cannot use', async () => {
    const limiter = concurrencyLimiter(3);
    await limiter.acquire();
    void limiter.acquire({ weight: 3 });
    await limiter.acquire({ priority: 1 });
    expect({ active: limiter.active, waiting: limiter.waiting }).toEqual({ active: 2, waiting: 1 });
  });

  it('lets nobody overtake a heavy waiter only because it is lighter', async () => {
    const limiter = concurrencyLimiter(3);
    const order: string[] = [];
    const [one, two] = [await limiter.acquire(), await limiter.acquire()];
    const heavy = limiter.acquire({ weight: 3 }).then((permit) => {
      order.push('heavy');
      permit.release();
    });
    const light = limiter.acquire().then(() => order.push('light'));
    expect(await limiter.tryAcquire()).toBeUndefined();
    one.release();
    await turn();
    expect(order).toEqual([]);
    two.release();
    await Promise.all([heavy, light]);
    expect(order).toEqual(['heavy', 'light']);
  });

  it('drops an aborted waiter at once, and lets in those who waited behind it', async () => {
    const limiter = concurrencyLimiter(3);
    await limiter.acquire({ weight: 2 });
    const controller = new AbortController();
    const heavy = limiter.acquire({ weight: 3, signal: controller.signal });
    const light = limiter.acquire();
    expect(limiter.waiting).toBe(2);
    controller.abort('gave up');
    expect(limiter.waiting).toBe(0);
    await expect(heavy).rejects.toBe('gave up');
    await light;
    expect(limiter.active).toBe(3);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('keeps a permit that was granted when the signal is aborted after', async () => {
    const limiter = concurrencyLimiter(1);
    const controller = new AbortController();
    const blocker = await limiter.acquire();
    const waiting = limiter.acquire({ signal: controller.signal });
    blocker.release();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    const permit = await waiting;
    expect(limiter.active).toBe(1);
    permit.release();
    expect(limiter.active).toBe(0);
  });

  it('lets nobody in whose signal is aborted already', async () => {
    const limiter = concurrencyLimiter(1);
    const signal = AbortSignal.abort('too late');
    await expect(limiter.acquire({ signal })).rejects.toBe('too late');
    await expect(limiter.tryAcquire({ signal })).rejects.toBe('too late');
    expect(limiter.active).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3'])(
    'refuses a maximum of %o',
    (max) => {
      expect(() => concurrencyLimiter(max as never)).toThrow(
        expect.objectContaining({ code: 'LIMITER_OPTION_INVALID', option: 'max', value: max }),
      );
    },
  );

  it.each([
    [{ weight: 0 }, 'weight', /at least 1/],
    [{ weight: 1.5 }, 'weight', /whole number/],
    [{ weight: 4 }, 'weight', /limit is 3, so it could never be granted/],
    [{ priority: Number.NaN }, 'priority', /finite/],
  ])('refuses %o, as a rejection', async (options, option, message) => {
    const limiter = concurrencyLimiter(3);
    await expect(limiter.acquire(options)).rejects.toMatchObject({
      code: 'LIMITER_OPTION_INVALID',
      option,
      message: expect.stringMatching(message),
    });
    expect(limiter.active).toBe(0);
  });
});
