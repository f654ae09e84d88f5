/** What a limiter asks of a budget that takes its time, and to whom it gives what comes. */
import { setImmediate as turn } from 'node:timers/promises';
import { budgetLimiter } from '@runafter/throttle';
import { describe, expect, it } from 'vitest';
import { ScriptedBudget } from './scripted-budget.ts';

function open() {
  const budget = new ScriptedBudget();
  return { budget, limiter: budgetLimiter(budget), takes: budget.takes };
}

describe('a limiter on a budget', () => {
  it('asks for one permit at a time, and hands each over as it came', async () => {
    const { limiter, takes } = open();
    const first = limiter.acquire({ weight: 2 });
    const second = limiter.acquire({ weight: 3 });
    await turn();
    expect(takes.map(({ weight }) => weight)).toEqual([2]);
    const granted = takes[0]?.grant();
    expect(await first).toBe(granted);
    await turn();
    expect(takes.map(({ weight }) => weight)).toEqual([2, 3]);
    const next = takes[1]?.grant();
    expect(await second).toBe(next);
    expect([granted?.released, next?.released]).toEqual([0, 0]);
  });

  it('gives what comes to whoever is first by then, without asking again', async () => {
    const { limiter, takes } = open();
    const patient = limiter.acquire();
    const urgent = limiter.acquire({ priority: 1 });
    await turn();
    const granted = takes[0]?.grant();
    expect(await urgent).toBe(granted);
    await turn();
    const next = takes[1]?.grant();
    expect(await patient).toBe(next);
    expect(takes).toHaveLength(2);
  });

  it('asks anew when somebody of another weight is first', async () => {
    const { limiter, takes } = open();
    void limiter.acquire();
    const urgent = limiter.acquire({ priority: 1, weight: 5 });
    await turn();
    expect(takes.map(({ weight, signal }) => [weight, signal?.aborted])).toEqual([
      [1, true],
      [5, false],
    ]);
    const granted = takes[1]?.grant();
    expect(await urgent).toBe(granted);
  });

  it('withdraws what it asked for when nobody waits any more', async () => {
    const { limiter, takes } = open();
    const controller = new AbortController();
    const leaving = limiter.acquire({ signal: controller.signal });
    await turn();
    controller.abort(new Error('No longer wanted.'));
    await expect(leaving).rejects.toThrow('No longer wanted.');
    expect(takes[0]?.signal?.aborted).toBe(true);
    await turn();
    const next = limiter.acquire();
    await turn();
    expect(takes[1]?.signal?.aborted).toBe(false);
    const granted = takes[1]?.grant();
    expect(await next).toBe(granted);
  });

  it('gives back what was granted while its caller left', async () => {
    const { limiter, takes } = open();
    const controller = new AbortController();
    const leaving = limiter.acquire({ signal: controller.signal });
    await turn();
    const granted = takes[0]?.grant();
    controller.abort(new Error('No longer wanted.'));
    await expect(leaving).rejects.toThrow('No longer wanted.');
    await turn();
    expect(granted?.released).toBe(1);
  });

  it('gives back what was granted while somebody of another weight became first', async () => {
    const { limiter, takes } = open();
    const light = limiter.acquire();
    await turn();
    const granted = takes[0]?.grant();
    const heavy = limiter.acquire({ priority: 1, weight: 5 });
    await turn();
    expect(granted?.released).toBe(1);
    expect(takes[1]?.weight).toBe(5);
    const heavier = takes[1]?.grant();
    expect(await heavy).toBe(heavier);
    await turn();
    const lighter = takes[2]?.grant();
    expect(await light).toBe(lighter);
  });

  it('tells a failure to whoever is first, and asks again for the next', async () => {
    const { limiter, takes } = open();
    const first = limiter.acquire();
    const second = limiter.acquire();
    await turn();
    takes[0]?.fail(new Error('The server is away.'));
    await expect(first).rejects.toThrow('The server is away.');
    await turn();
    const granted = takes[1]?.grant();
    expect(await second).toBe(granted);
  });

  it('takes what a budget throws at once for a failure like any other', async () => {
    const { limiter, budget, takes } = open();
    const waiters = [limiter.acquire(), limiter.acquire(), limiter.acquire()];
    const ends = Promise.allSettled(waiters);
    await turn();
    const take = budget.take;
    budget.take = () => {
      budget.take = take;
      throw new Error('It cannot be asked.');
    };
    takes[0]?.fail(new Error('The server is away.'));
    await turn();
    const granted = takes[1]?.grant();
    expect(await ends).toEqual([
      { status: 'rejected', reason: new Error('The server is away.') },
      { status: 'rejected', reason: new Error('It cannot be asked.') },
      { status: 'fulfilled', value: granted },
    ]);
  });

  it('asks for nothing on behalf of who only tries while others wait', async () => {
    const { limiter, takes } = open();
    void limiter.acquire();
    expect(await limiter.tryAcquire()).toBeUndefined();
    expect(takes).toHaveLength(1);
  });

  it('ends every wait when it is closed, and closes the budget once', async () => {
    const { limiter, budget, takes } = open();
    const waiters = [limiter.acquire(), limiter.acquire({ weight: 2 })];
    const refusal = { code: 'SERVICE_CLOSED', service: 'Scripted limiter' };
    const refused = waiters.map((waiter) => expect(waiter).rejects.toMatchObject(refusal));
    await Promise.all([limiter.close(), limiter[Symbol.asyncDispose]()]);
    await Promise.all(refused);
    expect(takes.map(({ signal }) => signal?.aborted)).toEqual([true]);
    expect(budget.closed).toBe(1);
    await expect(limiter.tryAcquire()).rejects.toMatchObject(refusal);
  });

  it('gives back what is granted after it was closed', async () => {
    const { limiter, takes } = open();
    const waiting = limiter.acquire();
    await turn();
    const granted = takes[0]?.grant();
    await limiter.close();
    await expect(waiting).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    await turn();
    expect(granted?.released).toBe(1);
  });

  it.each([
    [{ waiting: 0 }, 'waiting'],
    [{ waiting: 1.5 }, 'waiting'],
    [{ whenFull: 'drop' as 'wait' }, 'whenFull'],
  ])('refuses %o', (options, option) => {
    expect(() => budgetLimiter(new ScriptedBudget(), options)).toThrow(
      expect.objectContaining({ code: 'LIMITER_OPTION_INVALID', option }),
    );
  });
});
