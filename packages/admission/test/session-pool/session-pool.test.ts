import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type Machine, sessionPool } from '../../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Robots } from './robots.ts';

expectNothingEscapes();

const one = { machines: [{ name: 'VM-1', sessions: 1 }] };

describe('a session', () => {
  it('is held until it is released, and is another one each time', async () => {
    const robots = new Robots(one);
    const first = await robots.pool.acquire({ user: 'ann', wait: '2h' });
    expect(first).toMatchObject({ machine: 'VM-1', session: 1, user: 'ann', token: 1n });
    await robots.clock.advance('1h');
    first.assertHeld();
    await first.release();
    await first.release();
    expect(first.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
    expect(() => first.assertHeld()).toThrow('was given back');
    const second = await robots.pool.acquire({ user: 'ann' });
    expect(second.token).toBe(2n);
    expect(second.owner).not.toBe(first.owner);
    await second[Symbol.asyncDispose]();
    expect(robots.clock.pending).toBe(0);
  });

  it('tells its job who it is, without a method of it', async () => {
    const robots = new Robots(one);
    await robots.pool.run(
      { user: 'ann' },
      ({ machine, session, user, token, attempt, assertHeld }) => {
        expect({ machine, session, user, token, attempt }).toEqual({
          ...{ machine: 'VM-1', session: 1, user: 'ann', token: 1n, attempt: 1 },
        });
        assertHeld();
      },
    );
  });

  it('is tried for without waiting', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 2 }] });
    const ann = await robots.pool.tryAcquire({ user: 'ann' });
    expect(ann?.machine).toBe('VM-1');
    // She has one.
    expect(await robots.pool.tryAcquire({ user: 'ann' })).toBeUndefined();
    const bob = await robots.pool.tryAcquire({ user: 'bob' });
    expect(bob?.session).toBe(2);
    // None is free.
    expect(await robots.pool.tryAcquire({ user: 'cid' })).toBeUndefined();
    robots.submit('dan');
    await robots.rest();
    await ann?.release();
    expect(await robots.begun()).toEqual(['dan on VM-1/1']);
    await bob?.release();
    expect((await robots.pool.tryAcquire({ user: 'ann' }))?.session).toBe(2);
  });

  it('is not taken from who waits for it', async () => {
    const robots = new Robots(one);
    const ann = await robots.pool.acquire({ user: 'ann' });
    robots.submit('bob');
    await robots.rest();
    const released = ann.release();
    const tried = robots.pool.tryAcquire({ user: 'cid' });
    await released;
    expect(await tried).toBeUndefined();
    expect(await robots.begun()).toEqual(['bob on VM-1/1']);
  });

  it('is given back when the try is aborted', async () => {
    const robots = new Robots(one);
    const abort = new AbortController();
    const tried = robots.pool.tryAcquire({ user: 'ann', signal: abort.signal });
    abort.abort('enough');
    await expect(tried).rejects.toBe('enough');
    robots.submit('ann');
    expect(await robots.begun()).toEqual(['ann on VM-1/1']);
  });
});

describe('a job', () => {
  it('is told when its caller aborts, and has its session until it ends', async () => {
    const robots = new Robots(one);
    const ann = robots.submit('ann', { deaf: true });
    robots.submit('bob');
    await robots.begun();
    ann.abort('enough');
    expect(ann.begun[0]?.signal.reason).toBe('enough');
    expect(await robots.begun()).toEqual([]);
    ann.fail('enough');
    await expect(ann.result).rejects.toBe('enough');
    expect(await robots.begun()).toEqual(['bob on VM-1/1']);
  });

  it('is not begun by who has aborted before', async () => {
    const robots = new Robots(one);
    const signal = AbortSignal.abort('enough');
    await expect(robots.submit('ann', { signal }).result).rejects.toBe('enough');
    await expect(robots.pool.acquire({ user: 'ann', signal })).rejects.toBe('enough');
    expect(await robots.begun()).toEqual([]);
    expect(await robots.who()).toBe('VM-1: free');
  });

  it('is not begun by who has aborted, in whatever moment of the grant that was', async () => {
    for (let moment = 0; moment < 60; moment++) {
      const robots = new Robots(one);
      const first = await robots.pool.acquire({ user: 'ann' });
      const bob = robots.submit('bob');
      await robots.rest();
      void first.release();
      for (let tick = 0; tick < moment; tick++) await undefined;
      const hadBegun = bob.begun.length > 0;
      bob.abort('enough');
      await expect(bob.result).rejects.toBe('enough');
      expect(bob.begun.length > 0, `after ${moment} ticks`).toBe(hadBegun);
      await robots.rest();
      expect(await robots.who()).toBe('VM-1: free');
      await robots.pool.close();
      expect(robots.clock.pending).toBe(0);
    }
  });

  it('leaves no listener at a signal that outlives it', async () => {
    const robots = new Robots(one);
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await robots.pool.run({ user: 'ann', signal }, () => {});
    const session = await robots.pool.acquire({ user: 'ann', signal });
    await session.release();
    await (await robots.pool.tryAcquire({ user: 'ann', signal }))?.release();
    await robots.rest();
    expect(listeners).toBe(0);
  });

  it('waits as long as it wants to, and is told why it had no session', async () => {
    const robots = new Robots({ ...one, wait: '5m' });
    const ann = robots.submit('ann');
    const again = robots.submit('ann 2');
    const bob = robots.submit('bob', { wait: '10s' });
    await robots.clock.advance('10s');
    await expect(bob.result).rejects.toMatchObject({
      code: 'SESSION_TIMEOUT',
      user: 'bob',
      waited: 10_000,
      why: 'no session free',
    });
    await robots.clock.advance('5m');
    await expect(again.result).rejects.toMatchObject({
      code: 'SESSION_TIMEOUT',
      waited: 300_000,
      why: 'user runs already',
    });
    ann.end();
    await expect(ann.result).resolves.toBe('ann');
    expect(robots.clock.pending).toBe(0);
  });
});

describe('close', () => {
  it('ends all waits, tells who runs, and waits for them', async () => {
    const robots = new Robots(one);
    const ann = robots.submit('ann', { deaf: true });
    const bob = robots.submit('bob');
    await robots.begun();
    let closed = false;
    void robots.pool.close().then(() => {
      closed = true;
    });
    await expect(bob.result).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    expect(ann.begun[0]?.signal.reason).toMatchObject({ code: 'SERVICE_CLOSED' });
    await robots.rest();
    expect(closed).toBe(false);
    ann.end();
    await expect(ann.result).resolves.toBe('ann');
    await robots.rest();
    expect(closed).toBe(true);
    expect(robots.clock.pending).toBe(0);
  });

  it('gives acquired sessions back, and refuses what comes later', async () => {
    const robots = new Robots(one);
    const session = await robots.pool.acquire({ user: 'ann' });
    await robots.pool.close();
    expect(session.signal.reason).toMatchObject({ code: 'SERVICE_CLOSED' });
    const refused = { code: 'SERVICE_CLOSED' };
    await expect(robots.submit('ann').result).rejects.toMatchObject(refused);
    await expect(robots.pool.acquire({ user: 'ann' })).rejects.toMatchObject(refused);
    await expect(robots.pool.tryAcquire({ user: 'ann' })).rejects.toMatchObject(refused);
    await expect(robots.pool.drain('VM-1')).rejects.toMatchObject(refused);
    await robots.pool.close();
    expect(robots.clock.pending).toBe(0);
  });

  it('ends the wait for a machine that leaves', async () => {
    const robots = new Robots(one);
    robots.submit('ann');
    await robots.begun();
    const left = robots.pool.leave('VM-1');
    await robots.rest();
    await Promise.all([
      robots.pool.close(),
      expect(left).rejects.toMatchObject({ code: 'SERVICE_CLOSED' }),
    ]);
  });
});

describe('what cannot be', () => {
  it.each([
    ['no array', 'VM-1', 'machines is no array'],
    ['no name', [{ sessions: 2 }], 'machines[0] has the name undefined'],
    ['an empty name', [{ name: '' }], 'machines[0] has the name ""'],
    ['a name that is too long', [{ name: 'x'.repeat(191) }], 'Pass 1 to 190 characters'],
    ['one name twice', [{ name: 'a' }, { name: 'a' }], 'machines[1] has the name "a" of another'],
    ['no sessions', [{ name: 'a', sessions: 0 }], 'machines[0] has 0 sessions'],
    ['half a session', [{ name: 'a', sessions: 1.5 }], 'has 1.5 sessions'],
    ['too many sessions', [{ name: 'a', sessions: 1_001 }], 'Pass a whole number from 1 to 1000'],
    ['nothing', [undefined], 'machines[0] has the name undefined'],
  ])('is refused when the pool is made: %s', (_, machines, message) => {
    expect(() => sessionPool({ machines: machines as unknown as Machine[] })).toThrow(
      expect.objectContaining({
        code: 'SESSION_POOL_OPTION_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('is refused when the pool is made: a name, a ttl, a wait', () => {
    const machines = [{ name: 'VM-1' }];
    expect(() => sessionPool({ machines, name: '' })).toThrow('its name is ""');
    expect(() => sessionPool({ machines, ttl: 1 })).toThrow(
      expect.objectContaining({ code: 'LOCK_OPTION_INVALID' }),
    );
    expect(() => sessionPool({ machines, wait: -1 })).toThrow(
      expect.objectContaining({ code: 'DURATION_INVALID' }),
    );
  });

  it('is refused when it is asked for: a user, a wait, a machine', async () => {
    const robots = sessionPool({ ...one, clock: virtualClock() });
    const noUser = { user: '' };
    const refused = { code: 'SESSION_POOL_OPTION_INVALID' };
    await expect(robots.run(noUser, () => {})).rejects.toMatchObject(refused);
    await expect(robots.acquire(noUser)).rejects.toMatchObject(refused);
    await expect(robots.tryAcquire(noUser)).rejects.toMatchObject(refused);
    await expect(robots.join({ name: 'VM-2', sessions: 0 })).rejects.toMatchObject(refused);
    await expect(robots.acquire({ user: 'ann', wait: -1 })).rejects.toMatchObject({
      code: 'DURATION_INVALID',
    });
    expect((await robots.inspect()).queue).toEqual([]);
  });
});
