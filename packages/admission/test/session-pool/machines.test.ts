import { describe, expect, it } from 'vitest';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Robots } from './robots.ts';

expectNothingEscapes();

const two = {
  machines: [
    { name: 'VM-1', sessions: 1 },
    { name: 'VM-2', sessions: 1 },
  ],
};

describe('a machine that drains', () => {
  it('is handed out no more, and who runs there goes on', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 2 }] });
    const ann = robots.submit('ann');
    await robots.begun();
    await robots.pool.drain('VM-1');
    robots.submit('bob');
    expect(await robots.begun()).toEqual([]);
    expect(ann.begun[0]?.signal.aborted).toBe(false);
    expect(await robots.who()).toBe('VM-1 (draining): ann, free');
    ann.end();
    await expect(ann.result).resolves.toBe('ann');
    expect(await robots.begun()).toEqual([]);
    expect(await robots.who()).toBe('VM-1 (drained): free, free');
  });

  it('comes back, and the oldest that waits has it', async () => {
    const robots = new Robots(two);
    await robots.pool.drain('VM-1');
    await robots.pool.drain('VM-2');
    for (const name of ['ann 1', 'ann 2', 'bob', 'cid']) robots.submit(name);
    expect(await robots.begun()).toEqual([]);
    await robots.pool.resume('VM-2');
    expect(await robots.begun()).toEqual(['ann 1 on VM-2/1']);
    await robots.pool.resume('VM-1');
    expect(await robots.begun()).toEqual(['bob on VM-1/1']);
  });

  it('is as the last call has said, whatever the order of the answers', async () => {
    const robots = new Robots(two);
    const calls = [
      robots.pool.drain('VM-1'),
      robots.pool.resume('VM-1'),
      robots.pool.lost('VM-1'),
      robots.pool.resume('VM-1'),
      robots.pool.drain('VM-2'),
    ];
    await Promise.all(calls);
    expect(await robots.who()).toBe('VM-1: free; VM-2 (drained): free');
  });
});

describe('a machine that is lost', () => {
  it('gives its jobs back to their old places, and they run again elsewhere', async () => {
    const robots = new Robots(two);
    const ann = robots.submit('ann');
    const bob = robots.submit('bob');
    robots.submit('cid');
    expect(await robots.begun()).toEqual(['ann on VM-1/1', 'bob on VM-2/1']);
    const lost = robots.pool.lost('VM-1');
    expect(ann.begun[0]?.signal.reason).toMatchObject({
      code: 'SESSION_LOST',
      machine: 'VM-1',
      session: 1,
    });
    await lost;
    expect(await robots.who()).toBe('VM-1 (lost): free; VM-2: bob');
    bob.end();
    // ann is older than cid, who has waited all the time.
    expect(await robots.begun()).toEqual(['ann on VM-2/1']);
    expect(ann.begun.map(({ attempt }) => attempt)).toEqual([1, 2]);
    ann.end('done');
    await expect(ann.result).resolves.toBe('done');
    expect(await robots.begun()).toEqual(['cid on VM-2/1']);
  });

  it('has none of its sessions handed out again before the store knows of it', async () => {
    const robots = new Robots(two);
    const ann = robots.submit('ann');
    const bob = robots.submit('bob');
    await robots.begun();
    void robots.pool.lost('VM-1');
    void robots.pool.lost('VM-2');
    expect(await robots.begun()).toEqual([]);
    await robots.pool.resume('VM-2');
    expect(await robots.begun()).toEqual(['ann on VM-2/1']);
    expect([ann.begun.length, bob.begun.length]).toEqual([2, 1]);
  });

  it('rejects a job that may run once only, and says so', async () => {
    const robots = new Robots(two);
    const ann = robots.submit('ann', { atMostOnce: true });
    await robots.begun();
    await robots.pool.lost('VM-1');
    await expect(ann.result).rejects.toMatchObject({
      code: 'SESSION_LOST',
      message: expect.stringContaining(
        'Session 1 of the machine "VM-1" was lost: its machine is gone.',
      ),
    });
    expect(await robots.begun()).toEqual([]);
  });

  it('lets a job that waits wait on, also one that may run once only', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 1 }] });
    robots.submit('ann');
    const bob = robots.submit('bob', { atMostOnce: true });
    await robots.begun();
    await robots.pool.lost('VM-1');
    await robots.pool.join({ name: 'VM-2', sessions: 2 });
    expect(await robots.begun()).toEqual(['ann on VM-2/1', 'bob on VM-2/2']);
    bob.end();
    await expect(bob.result).resolves.toBe('bob');
  });

  it('keeps the result of a job that ends well all the same, and does not run it again', async () => {
    const robots = new Robots(two);
    const ann = robots.submit('ann', { deaf: true });
    await robots.begun();
    await robots.pool.lost('VM-1');
    ann.end('saved before the power went');
    await expect(ann.result).resolves.toBe('saved before the power went');
    expect(await robots.begun()).toEqual([]);
  });

  it('has no second session for a user while the first one goes on, although it was told to stop', async () => {
    const robots = new Robots(two);
    const ann = robots.submit('ann 1', { deaf: true });
    robots.submit('ann 2');
    await robots.begun();
    await robots.pool.lost('VM-1');
    await robots.clock.advance('1h');
    expect(await robots.begun()).toEqual([]);
    // Nor is its session anybody else's when the machine comes back.
    await robots.pool.resume('VM-1');
    robots.submit('bob');
    expect(await robots.begun()).toEqual(['bob on VM-2/1']);
    ann.fail(new Error('stopped at last'));
    expect(await robots.begun()).toEqual(['ann 1 on VM-1/1']);
  });

  it('tells who has acquired a session, and waits for its release', async () => {
    const robots = new Robots(two);
    const session = await robots.pool.acquire({ user: 'ann' });
    await robots.pool.lost('VM-1');
    expect(session.signal.reason).toMatchObject({ code: 'SESSION_LOST' });
    expect(() => session.assertHeld()).toThrow('was lost: its machine is gone');
    robots.submit('ann');
    expect(await robots.begun()).toEqual([]);
    await session.release();
    expect(await robots.begun()).toEqual(['ann on VM-2/1']);
  });

  it('drops a job that is aborted while it stops', async () => {
    const robots = new Robots(two);
    const ann = robots.submit('ann', { deaf: true });
    await robots.begun();
    await robots.pool.lost('VM-1');
    ann.abort('enough');
    ann.fail(new Error('stopped'));
    await expect(ann.result).rejects.toBe('enough');
    expect(await robots.begun()).toEqual([]);
    expect((await robots.pool.inspect()).queue).toEqual([]);
  });
});

describe('a machine that leaves', () => {
  it('is gone as soon as its last session was given back', async () => {
    const robots = new Robots();
    const jobs = ['ann', 'bob'].map((name) => robots.submit(name));
    await robots.begun();
    let left: boolean | undefined;
    void robots.pool.leave('VM-1').then((answer) => {
      left = answer;
    });
    jobs[0]?.end();
    await robots.rest();
    expect(left).toBeUndefined();
    expect(await robots.who()).toBe('VM-1 (draining): free, bob; VM-2: free, free');
    jobs[1]?.end();
    await robots.rest();
    expect(left).toBe(true);
    expect(await robots.who()).toBe('VM-2: free, free');
    await expect(robots.pool.resume('VM-1')).rejects.toMatchObject({ code: 'MACHINE_UNKNOWN' });
    expect(robots.clock.pending).toBe(0);
  });

  it('says so when it was brought back meanwhile', async () => {
    const robots = new Robots();
    robots.submit('ann');
    await robots.begun();
    const left = robots.pool.leave('VM-1');
    await robots.rest();
    await robots.pool.resume('VM-1');
    await robots.clock.advance('1s');
    await expect(left).resolves.toBe(false);
  });

  it('stays drained when nobody waits for it any more', async () => {
    const robots = new Robots();
    robots.submit('ann');
    await robots.begun();
    const abort = new AbortController();
    const left = robots.pool.leave('VM-1', { signal: abort.signal });
    await robots.rest();
    abort.abort('enough');
    await expect(left).rejects.toBe('enough');
    expect(await robots.who()).toBe('VM-1 (draining): ann, free; VM-2: free, free');
  });

  it('leaves at once when it was lost', async () => {
    const robots = new Robots();
    const ann = robots.submit('ann');
    await robots.begun();
    await robots.pool.lost('VM-1');
    await expect(robots.pool.leave('VM-1')).resolves.toBe(true);
    expect(await robots.begun()).toEqual(['ann on VM-2/1']);
    expect(ann.begun.length).toBe(2);
  });
});

describe('a machine that joins', () => {
  it('is used at once by those who wait', async () => {
    const robots = new Robots({ machines: [] });
    robots.submit('ann');
    robots.submit('bob');
    expect(await robots.begun()).toEqual([]);
    await robots.pool.join({ name: 'VM-7' });
    expect(await robots.begun()).toEqual(['ann on VM-7/1', 'bob on VM-7/2']);
  });

  it('may come back with more sessions, or with less', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 2 }] });
    const [ann, bob, cid] = ['ann', 'bob', 'cid', 'dan'].map((name) => robots.submit(name));
    await robots.begun();
    await robots.pool.join({ name: 'VM-1', sessions: 3 });
    expect(await robots.begun()).toEqual(['cid on VM-1/3']);
    await robots.pool.join({ name: 'VM-1', sessions: 1 });
    bob?.end();
    cid?.end();
    expect(await robots.begun()).toEqual([]);
    expect(await robots.who()).toBe('VM-1: ann');
    ann?.end();
    expect(await robots.begun()).toEqual(['dan on VM-1/1']);
  });

  it.each(['drain', 'resume', 'leave', 'lost'] as const)('has to be known to %s', async (call) => {
    const robots = new Robots();
    await expect(robots.pool[call]('VM-9')).rejects.toMatchObject({
      code: 'MACHINE_UNKNOWN',
      machine: 'VM-9',
    });
  });
});
