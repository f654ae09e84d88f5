import { describe, expect, it } from 'vitest';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Robots } from './robots.ts';

expectNothingEscapes();

describe('whose turn it is', () => {
  it('lets no user with many jobs stand in the way of others: two machines, two sessions each, three users', async () => {
    const robots = new Robots();
    const ann = [1, 2, 3, 4, 5].map((n) => robots.submit(`ann ${n}`));
    const bob = robots.submit('bob');
    const eve = robots.submit('eve');
    expect(await robots.begun()).toEqual(['ann 1 on VM-1/1', 'bob on VM-1/2', 'eve on VM-2/1']);
    expect(await robots.who()).toBe('VM-1: ann, bob; VM-2: eve, free');

    // One after the other, and never on the session that is free beside her own.
    for (const [index, job] of ann.entries()) {
      job.end();
      const next = index < 4 ? [`ann ${index + 2} on VM-1/1`] : [];
      expect(await robots.begun()).toEqual(next);
    }
    bob.end();
    eve.end();
    await Promise.all([...ann, bob, eve].map(({ result }) => result));
    expect(await robots.who()).toBe('VM-1: free, free; VM-2: free, free');
  });

  it('takes the oldest job that may run, and not the oldest of all', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 2 }] });
    const [ann] = ['ann 1', 'ann 2', 'ann 3'].map((name) => robots.submit(name));
    const [bob] = ['bob 1', 'bob 2', 'cid', 'dan'].map((name) => robots.submit(name));
    expect(await robots.begun()).toEqual(['ann 1 on VM-1/1', 'bob 1 on VM-1/2']);
    // ann's second job is older than all that wait, but she runs; bob's second one is older than cid's.
    bob?.end();
    expect(await robots.begun()).toEqual(['bob 2 on VM-1/2']);
    ann?.end();
    expect(await robots.begun()).toEqual(['ann 2 on VM-1/1']);
  });

  it('keeps those who wait in order when all is full', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 1 }] });
    const jobs = ['ann', 'bob', 'cid', 'dan', 'eve'].map((name) => robots.submit(name));
    const order: string[] = [];
    for (const _ of jobs) {
      order.push(...(await robots.begun()));
      jobs[order.length - 1]?.end();
    }
    expect(order.map((entry) => entry.split(' ')[0])).toEqual(['ann', 'bob', 'cid', 'dan', 'eve']);
  });

  it('has the oldest one when a session and a user become free at the same time', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 1 }] });
    const first = robots.submit('ann 1');
    robots.submit('ann 2');
    robots.submit('bob 1');
    await robots.begun();
    first.end();
    expect(await robots.begun()).toEqual(['ann 2 on VM-1/1']);
  });

  it('goes on behind a job that was aborted while it waited', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 1 }] });
    const [first, second, third] = ['ann 1', 'bob', 'ann 2', 'ann 3'].map((name) =>
      robots.submit(name),
    );
    await robots.begun();
    second?.abort('enough');
    third?.abort('enough');
    first?.end();
    expect(await robots.begun()).toEqual(['ann 3 on VM-1/1']);
    await expect(second?.result).rejects.toBe('enough');
    await expect(third?.result).rejects.toBe('enough');
  });

  it('hands over what the job returns, and the session when it has failed', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 1 }] });
    const ann = robots.submit('ann');
    const bob = robots.submit('bob');
    await robots.rest();
    ann.fail(new Error('the window did not open'));
    await expect(ann.result).rejects.toThrow('the window did not open');
    await robots.rest();
    bob.end('42');
    await expect(bob.result).resolves.toBe('42');
  });

  it('says of each job why it waits', async () => {
    const robots = new Robots({ machines: [{ name: 'VM-1', sessions: 1 }] });
    for (const name of ['ann 1', 'ann 2', 'bob 1', 'bob 2']) robots.submit(name);
    await robots.rest();
    const { queue } = await robots.pool.inspect();
    expect(queue.map(({ user, why, attempts }) => [user, why, attempts])).toEqual([
      ['ann', 'user runs already', 0],
      ['bob', 'no session free', 0],
      ['bob', 'behind a job of the same user', 0],
    ]);
  });
});
