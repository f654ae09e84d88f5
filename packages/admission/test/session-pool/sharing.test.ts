/** Several processes on one store: here each is a session pool of its own, with a wire to the store of its own. */
import { memoryPools } from '@runafter/claim';
import { virtualClock } from '@runafter/clock';
import { ServiceRefusedError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import type { SessionPoolOptions } from '../../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Robots } from './robots.ts';
import { newWire, wired } from './wire.ts';

expectNothingEscapes();

function processes(options: Partial<SessionPoolOptions> = {}) {
  const clock = virtualClock();
  const store = memoryPools({ clock });
  const start = () => {
    const wire = newWire();
    const robots = new Robots({ ttl: '30s', ...options, store: wired(store, wire, clock) }, clock);
    return Object.assign(robots, { wire });
  };
  return { clock, store, a: start(), b: start() };
}

const one = { machines: [{ name: 'VM-1', sessions: 1 }] };

describe('over processes', () => {
  it('runs a user in one of them at a time, and holds nobody else up', async () => {
    const { a, b } = processes();
    const here = a.submit('ann 1');
    expect(await a.begun()).toEqual(['ann 1 on VM-1/1']);
    b.submit('ann 2');
    b.submit('ann 3');
    const bob = b.submit('bob');
    expect(await b.begun()).toEqual([expect.stringMatching(/^bob on /)]);
    const { queue } = await b.pool.inspect();
    expect(queue.map(({ user, why }) => [user, why])).toEqual([
      ['ann', 'user runs in another process'],
      ['ann', 'user runs in another process'],
    ]);
    here.end();
    // Told, not polled: no time has passed.
    expect(await b.begun()).toEqual([expect.stringMatching(/^ann 2 on /)]);
    bob.end();
    await Promise.all([a.pool.close(), b.pool.close()]);
  });

  it('hands a session to one of them at a time, in turn while all want one', async () => {
    const { a, b } = processes(one);
    const jobs = ['a1', 'a2', 'a3'].map((name) => a.submit(name));
    await a.rest();
    jobs.push(...['b1', 'b2'].map((name) => b.submit(name)));
    await b.rest();
    const order: string[] = [];
    for (let turn = 0; turn < jobs.length; turn++) {
      const begun = [...(await a.begun()), ...(await b.begun())];
      expect(begun.length).toBe(1);
      const [name = ''] = begun[0]?.split(' ') ?? [];
      order.push(name);
      jobs[['a1', 'a2', 'a3', 'b1', 'b2'].indexOf(name)]?.end();
    }
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
  });

  it('waits for no user while it holds a session', async () => {
    const { a, b } = processes(one);
    const session = await a.pool.acquire({ user: 'ann' });
    b.submit('ann');
    await b.rest();
    await session.release();
    const cid = a.submit('cid');
    // Whoever was first has it, and it is idle for neither.
    expect([...(await b.begun()), ...(await a.begun())]).toEqual(['ann on VM-1/1']);
    await b.pool.close();
    expect(await a.begun()).toEqual(['cid on VM-1/1']);
    cid.end();
  });

  it('has the oldest job next, also when replies take their time', async () => {
    const { a, clock } = processes(one);
    const first = a.submit('ann 1');
    a.submit('ann 2');
    a.submit('bob');
    await a.begun();
    a.wire.delay = 10;
    first.end();
    await clock.advance('200ms');
    expect(await a.begun()).toEqual(['ann 2 on VM-1/1']);
  });

  it.each([5, 15, 25, 35, 45])(
    'drops a job that is aborted after %i ms, whatever is under way for it, and has the next one',
    async (after) => {
      const { a, clock } = processes(one);
      a.wire.delay = 10;
      const first = a.submit('ann 1');
      const second = a.submit('ann 2');
      await clock.advance(after);
      first.abort('enough');
      await expect(first.result).rejects.toBe('enough');
      await clock.advance('500ms');
      expect(second.begun.length).toBe(1);
      second.end();
      await clock.advance('500ms');
      a.submit('bob');
      await clock.advance('500ms');
      expect((await a.begun()).at(-1)).toBe('bob on VM-1/1');
    },
  );

  it('is tried for behind those of the process who wait, also where the store keeps no line', async () => {
    const clock = virtualClock();
    const store = wired(memoryPools({ clock }), newWire(), clock, false);
    const robots = new Robots({ ...one, store }, clock);
    const ann = await robots.pool.acquire({ user: 'ann' });
    robots.submit('bob');
    await robots.rest();
    await ann.release();
    expect(await robots.pool.tryAcquire({ user: 'cid' })).toBeUndefined();
    await clock.advance('1s');
    expect(await robots.begun()).toEqual(['bob on VM-1/1']);
  });

  it('forgets a user whom nobody waits for any more', async () => {
    const { a, b, store, clock } = processes();
    const session = await a.pool.acquire({ user: 'ann' });
    const ann = b.submit('ann');
    await b.rest();
    ann.abort('enough');
    await expect(ann.result).rejects.toBe('enough');
    await session.release();
    await b.rest();
    expect(clock.pending).toBe(0);
    expect((await store.inspect('sessions:user:ann', {})).map(({ claim }) => claim)).toEqual([
      undefined,
    ]);
    b.submit('ann');
    expect(await b.begun()).toEqual(['ann on VM-1/1']);
  });

  it('waits anew for a user whose last job left when another one came', async () => {
    const { a, b } = processes();
    const session = await a.pool.acquire({ user: 'ann' });
    const first = b.submit('ann 1');
    await b.rest();
    first.abort('enough');
    const second = b.submit('ann 2');
    expect(await b.begun()).toEqual([]);
    expect(second.settled).toBeUndefined();
    await session.release();
    expect(await b.begun()).toEqual([expect.stringMatching(/^ann 2 on /)]);
  });

  it('tries for a user who runs elsewhere in vain, and leaves nothing behind', async () => {
    const { a, b, store } = processes();
    await a.pool.acquire({ user: 'ann' });
    expect(await b.pool.tryAcquire({ user: 'ann' })).toBeUndefined();
    const states = await store.inspect('sessions', {});
    expect(states.filter(({ claim }) => claim !== undefined).length).toBe(1);
    expect((await b.pool.tryAcquire({ user: 'bob' }))?.session).toBe(2);
  });

  it('gives back what a process had that has died, after the ttl', async () => {
    const { a, b, clock } = processes(one);
    const ann = a.submit('ann');
    expect(await a.begun()).toEqual(['ann on VM-1/1']);
    b.submit('ann');
    a.wire.state = 'silent';
    await clock.advance('26s');
    expect(await b.begun()).toEqual([]);
    await clock.advance('6s');
    // It was told before anybody else had its session.
    expect(ann.begun[0]?.signal.reason).toMatchObject({
      code: 'SESSION_LOST',
      cause: { code: 'LEASE_LOST' },
    });
    expect(await b.begun()).toEqual(['ann on VM-1/1']);
  });

  it('runs a job again whose lease was lost', async () => {
    const { a, clock } = processes(one);
    const ann = a.submit('ann');
    await a.begun();
    a.wire.loses = true;
    await clock.advance('10s');
    a.wire.loses = false;
    expect(ann.begun[0]?.signal.reason).toMatchObject({ code: 'SESSION_LOST' });
    await clock.advance('30s');
    expect(await a.begun()).toEqual(['ann on VM-1/1']);
    expect(ann.begun[1]).toMatchObject({ attempt: 2, token: 2n });
    ann.end('at last');
    await expect(ann.result).resolves.toBe('at last');
  });

  it('knows of a loss after a stall before any timer does', async () => {
    const { a, clock } = processes(one);
    const session = await a.pool.acquire({ user: 'ann' });
    clock.suspend('1h');
    expect(() => session.assertHeld()).toThrow('its lease has ended');
    expect(session.signal.reason).toMatchObject({ code: 'SESSION_LOST' });
    await session.release();
  });

  it('drains, resumes and joins a machine for all of them', async () => {
    const { a, b } = processes(one);
    await a.pool.drain('VM-1');
    b.submit('ann');
    expect(await b.begun()).toEqual([]);
    await a.pool.join({ name: 'VM-2', sessions: 1 });
    expect(await b.begun()).toEqual(['ann on VM-2/1']);
    expect(await a.who()).toBe('VM-1 (drained): free; VM-2: somebody');
    // Of a machine that another process has added, a free session that was drained is not known here.
    await b.pool.drain('VM-2');
    await expect(b.pool.resume('VM-2')).rejects.toMatchObject({ code: 'MACHINE_UNKNOWN' });
    await a.pool.resume('VM-2');
    expect(await b.who()).toBe('VM-1 (drained): free; VM-2: ann');
  });

  it('lets a machine leave when nobody of any process is on it', async () => {
    const { a, b, clock } = processes();
    const ann = b.submit('ann');
    await b.begun();
    let left: boolean | undefined;
    void a.pool.leave('VM-1').then((answer) => {
      left = answer;
    });
    await clock.advance('10s');
    expect(left).toBeUndefined();
    ann.end();
    await clock.advance('1s');
    expect(left).toBe(true);
  });

  it('keeps two pools of one store apart by their names', async () => {
    const clock = virtualClock();
    const store = memoryPools({ clock });
    const a = new Robots({ ...one, store, name: 'desktops' }, clock);
    const b = new Robots({ ...one, store, name: 'browsers' }, clock);
    a.submit('ann');
    b.submit('ann');
    expect(await a.begun()).toEqual(['ann on VM-1/1']);
    expect(await b.begun()).toEqual(['ann on VM-1/1']);
  });
});

describe('a store in trouble', () => {
  it('is waited for', async () => {
    const { a, clock } = processes();
    a.wire.state = 'cut';
    a.submit('ann');
    await clock.advance('5m');
    expect(await a.begun()).toEqual([]);
    a.wire.state = 'whole';
    await clock.advance('2s');
    expect(await a.begun()).toEqual(['ann on VM-1/1']);
  });

  it('is what a job is told of that has waited for it in vain', async () => {
    const { a, clock } = processes();
    a.wire.state = 'cut';
    const ann = a.submit('ann', { wait: '10s' });
    await clock.advance('10s');
    await expect(ann.result).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await a.begun()).toEqual([]);
    await a.pool.close();
    expect(clock.pending).toBe(0);
  });

  it('that refuses, rejects the jobs', async () => {
    const { a } = processes();
    a.wire.refusal = new ServiceRefusedError('Pools in memory', 'Grant the right to write.');
    const jobs = ['ann', 'bob'].map((name) => a.submit(name));
    for (const { result } of jobs) {
      await expect(result).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    }
    await expect(a.pool.tryAcquire({ user: 'ann' })).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
    a.wire.refusal = undefined;
    a.submit('ann');
    expect(await a.begun()).toEqual(['ann on VM-1/1']);
  });

  it('does not keep the result of a job from its caller', async () => {
    const { a, clock } = processes();
    const ann = a.submit('ann');
    await a.begun();
    a.wire.state = 'cut';
    ann.end('done');
    await clock.advance('30s');
    await expect(ann.result).resolves.toBe('done');
  });
});
