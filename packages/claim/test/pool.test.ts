/**
 * Waits, failures and ends of claims, on stores that keep no line and on those that do.
 */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import {
  memoryPools,
  type PoolOptions,
  type PoolStore,
  pool,
  type ResourceLease,
} from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { ShakyPools } from './shaky-pools.ts';
import { fault, noAnswer, ScriptedNetwork } from './weather.ts';

expectNothingEscapes();

const second = 1_000;

function make(
  resources: readonly string[] = ['r'],
  { queues = false, ...options }: PoolOptions & { readonly queues?: boolean } = {},
) {
  const clock = virtualClock();
  const memory = memoryPools({ clock });
  const machine = () => {
    const network = new ScriptedNetwork(clock);
    const store = new ShakyPools(memory, network, queues);
    const claims = pool(store, 'pool', resources, { clock, random: () => 0.5, ...options });
    return { network, store, claims };
  };
  return { clock, memory, machine, ...machine() };
}

/** What a call ends in, and when. */
function ended<T>(call: Promise<T>, clock: { monotonic(): number }) {
  return call.then(
    (value) => ({ value, at: clock.monotonic() }),
    (error: unknown) => ({ error, at: clock.monotonic() }),
  );
}

const codeIs = (code: string, at: number) => ({ error: expect.objectContaining({ code }), at });

describe('an operation', () => {
  it('may have an id of any length, of which the store gets 200 characters', async () => {
    const { claims, memory } = make(['a', 'b']);
    const long = 'x'.repeat(1_000);
    const given = [
      await claims.claim({ mode: 'assign', once: `${long}1` }),
      await claims.claim({ mode: 'assign', once: `${long}2` }),
      await claims.claim({ mode: 'assign', once: `${long}1` }),
    ];
    expect(given.map(({ resource }) => resource)).toEqual(['a', 'b', 'a']);
    expect(given[0]?.once).toBe(`${long}1`);
    const states = await memory.inspect('pool', {});
    for (const { claim } of states) expect(claim?.owner.length).toBeLessThanOrEqual(200);
    expect(await claims.release(`${long}1`)).toBe(true);
  });
});

describe('an operation that has a resource', () => {
  it.each([[false], [true]])(
    'gets the same at once while others wait (a line is kept: %s)',
    async (queues) => {
      const { clock, claims, machine } = make(['r'], { queues });
      const first = await claims.claim({ mode: 'assign', once: 'hire-1' });
      const waiting = ended(claims.claim({ mode: 'assign', once: 'hire-2', wait: '1m' }), clock);
      await clock.advance('5s');
      for (const { claims: any } of [{ claims }, machine()]) {
        const { token } = await any.claim({ mode: 'assign', once: 'hire-1', wait: '1m' });
        expect(token).toBe(first.token);
        await any.claim({ mode: 'assign', once: 'hire-1' });
        expect(await any.tryClaim({ mode: 'assign', once: 'hire-1' })).toMatchObject({
          resource: 'r',
        });
      }
      await claims.release('hire-1');
      await clock.advance('2s');
      expect(await waiting).toMatchObject({ value: { resource: 'r', once: 'hire-2' } });
      expect(clock.pending).toBe(0);
    },
  );
});

describe('two calls that wait for one operation', () => {
  it.each([[false], [true]])(
    'are given the same, whoever waits in between (a line is kept: %s)',
    async (queues) => {
      const { clock, claims } = make(['r'], { queues });
      const holder = await claims.claim({ mode: 'lease', ttl: '1h' });
      const waits = [];
      for (const once of ['a', 'b', 'a', 'a']) {
        waits.push(ended(claims.claim({ mode: 'assign', once, wait: '30s' }), clock));
        await clock.advance('1s');
      }
      await holder.release();
      await clock.advance('3s');
      const [first, other, ...same] = waits;
      for (const call of [first, ...same]) {
        expect(await call).toMatchObject({ value: { resource: 'r', token: 2n } });
      }
      await clock.advance('30s');
      expect(await other).toEqual(codeIs('POOL_EMPTY', 31 * second));
      expect(clock.pending).toBe(0);
    },
  );

  it.each([[false], [true]])(
    'wait on when one of them leaves (a line is kept: %s)',
    async (queues) => {
      const { clock, claims, network } = make([], { queues });
      const leaving = new AbortController();
      const { signal } = leaving;
      const left = ended(claims.claim({ mode: 'assign', once: 'a', wait: '1m', signal }), clock);
      await clock.advance('1s');
      const next = ended(claims.claim({ mode: 'assign', once: 'a', wait: '1m' }), clock);
      await clock.advance('1s');
      network.handle = async (what, carryOut) => {
        if (what === 'claim') await clock.sleep('8s');
        return await carryOut();
      };
      await clock.advance('3s');
      network.handle = (_, carryOut) => carryOut();
      leaving.abort('enough');
      await clock.advance('10s');
      expect(await left).toEqual({ error: 'enough', at: 5 * second });
      await claims.add(['r']);
      await clock.advance('2s');
      expect(await next).toMatchObject({ value: { resource: 'r' } });
      expect(clock.pending).toBe(0);
    },
  );

  it('end at once when they are aborted, also while the second one asks for what the first one got', async () => {
    const { clock, claims, network } = make([]);
    const leaving = new AbortController();
    const first = ended(claims.claim({ mode: 'assign', once: 'a', wait: '10s' }), clock);
    await clock.advance('1s');
    const { signal } = leaving;
    const next = ended(claims.claim({ mode: 'assign', once: 'a', wait: '1h', signal }), clock);
    const last = ended(claims.claim({ mode: 'assign', once: 'a', wait: '1m' }), clock);
    await clock.advance('8s');
    network.handle = async (what, carryOut) => {
      if (what === 'claim') await clock.sleep('9s');
      return await carryOut();
    };
    await clock.advance('2s');
    expect(await first).toMatchObject({ at: 10 * second });
    network.handle = (_, carryOut) => carryOut();
    leaving.abort('enough');
    await claims.add(['r']);
    await clock.advance(0);
    expect(await next).toEqual({ error: 'enough', at: 11 * second });
    await clock.advance('100ms');
    expect(await last).toMatchObject({ value: { resource: 'r' } });
    await clock.advance('10s');
    expect(clock.pending).toBe(0);
  });
});

describe('those who wait in one process, on a store that keeps no line', () => {
  it('get it in the order of their coming, and cause one request at a time', async () => {
    const { clock, claims, network } = make();
    const holder = await claims.claim({ mode: 'lease', ttl: '1h' });
    const order: number[] = [];
    const waiting = Array.from({ length: 50 }, async (_, index) => {
      await clock.sleep(index * 10);
      await using _lease = await claims.claim({ mode: 'lease', wait: '1h' });
      order.push(index);
      await clock.sleep('10ms');
    });
    await clock.advance('5s');
    const before = network.times('claim').length;
    await clock.advance('10s');
    expect(network.times('claim').length - before).toBeLessThanOrEqual(20);
    const releasing = holder.release();
    await clock.advance('5m');
    await Promise.all([...waiting, releasing]);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(clock.pending).toBe(0);
  });

  it('are not overtaken by a single try, which sends nothing', async () => {
    const { clock, claims, network } = make();
    const holder = await claims.claim({ mode: 'lease', ttl: '1h' });
    const waiting = ended(claims.claim({ mode: 'lease', wait: '2s' }), clock);
    await clock.advance('1s');
    const asked = network.times('claim').length;
    expect(await claims.tryClaim({ mode: 'lease' })).toBeUndefined();
    expect(network.times('claim')).toHaveLength(asked);
    await clock.advance('1s');
    expect(await waiting).toEqual(codeIs('POOL_EMPTY', 2 * second));
    await holder.release();
  });

  it('go on when the first of them leaves in the middle of a request that nobody answers', async () => {
    const { clock, claims, network } = make();
    const holder = await claims.claim({ mode: 'lease', ttl: '1h' });
    const abort = new AbortController();
    const head = ended(claims.claim({ mode: 'lease', wait: '1h', signal: abort.signal }), clock);
    await clock.advance('10ms');
    const next = ended(claims.claim({ mode: 'lease', wait: '1h' }), clock);
    network.handle = (what, carryOut) => (what === 'claim' ? noAnswer() : carryOut());
    await clock.advance('5s');
    network.handle = (_, carryOut) => carryOut();
    await holder.release();
    abort.abort('enough');
    await clock.advance(0);
    expect(await head).toMatchObject({ error: 'enough' });
    const { value } = (await next) as { value: ResourceLease<string>; at: number };
    expect(await next).toMatchObject({ at: clock.monotonic() });
    await value.release();
    await clock.advance('10s');
    expect(clock.pending).toBe(0);
  });
});

describe('a claim that waits', () => {
  it.each([[false], [true]])(
    'fails with POOL_EMPTY when the pool has said so (a line is kept: %s)',
    async (queues) => {
      const { clock, claims } = make([], { queues });
      const waiting = [1, 2, 3].map((number) =>
        ended(claims.claim({ mode: 'assign', once: `${number}`, wait: '3s' }), clock),
      );
      await clock.advance('3s');
      expect(await Promise.all(waiting)).toEqual(Array(3).fill(codeIs('POOL_EMPTY', 3 * second)));
      expect(clock.pending).toBe(0);
    },
  );

  it('is told that the service is silent, also by whoever waits behind another one', async () => {
    const { clock, claims, network } = make();
    const holder = await claims.claim({ mode: 'lease', ttl: '1h' });
    const head = ended(claims.claim({ mode: 'lease', wait: '20s' }), clock);
    await clock.advance('1s');
    network.handle = () => noAnswer();
    await clock.advance('1s');
    const behind = ended(claims.claim({ mode: 'lease', wait: '5s' }), clock);
    await clock.advance('18s');
    expect(await behind).toEqual(codeIs('SERVICE_UNAVAILABLE', 7 * second));
    expect(await head).toMatchObject({ at: 20 * second });
    network.handle = (_, carryOut) => carryOut();
    const releasing = holder.release();
    await clock.advance('1m');
    await releasing;
    expect(clock.pending).toBe(0);
  });

  it('is not told that of a service that has been asked just now by somebody else', async () => {
    const { clock, claims, network } = make();
    const holder = await claims.claim({ mode: 'lease', ttl: '1h' });
    network.handle = async (_, carryOut) => {
      await clock.sleep('300ms');
      return await carryOut();
    };
    const head = ended(claims.claim({ mode: 'lease', wait: '10s' }), clock);
    await clock.advance('1s');
    const behind = Array.from({ length: 20 }, (_, number) =>
      ended(claims.claim({ mode: 'lease', wait: 3 * second + number * 50 }), clock),
    );
    await clock.advance('10s');
    for (const [number, end] of behind.entries()) {
      expect(await end).toEqual(codeIs('POOL_EMPTY', 4 * second + number * 50));
    }
    expect(await head).toMatchObject({ error: { code: 'POOL_EMPTY' } });
    await Promise.all([holder.release(), clock.advance('1s')]);
  });

  it('is not told what another operation was refused for', async () => {
    const { clock, claims } = make();
    await claims.claim({ mode: 'assign', once: 'hire-1' });
    await claims.release('hire-9');
    const waiting = [2, 3].map((number) =>
      ended(claims.claim({ mode: 'assign', once: `hire-${number}`, wait: '3s' }), clock),
    );
    const leases = [1, 2].map(() => ended(claims.claim({ mode: 'lease', wait: '3s' }), clock));
    await clock.advance('2999ms');
    await expect(
      claims.claim({ mode: 'assign', once: 'hire-9', wait: '1m' }),
    ).rejects.toMatchObject({
      code: 'CLAIM_RETIRED',
      once: 'hire-9',
    });
    await clock.advance(1);
    const all = await Promise.all([...waiting, ...leases]);
    expect(all).toEqual(Array(4).fill(codeIs('POOL_EMPTY', 3 * second)));
  });

  it('does not ask before the service wants to be asked', async () => {
    const { clock, claims, network } = make();
    await claims.inspect();
    network.handle = async (_, carryOut) => {
      if (clock.monotonic() < 5 * second) throw fault('not-done', 5 * second);
      return await carryOut();
    };
    const waiting = ended(claims.claim({ mode: 'assign', once: 'a', wait: '1m' }), clock);
    await clock.advance('1m');
    expect(await waiting).toMatchObject({ at: 5 * second, value: { resource: 'r' } });
    expect(network.times('claim')).toEqual([0, 5 * second]);
  });

  it('ends when the operation is released meanwhile', async () => {
    const { clock, claims } = make([], { queues: true });
    const waiting = ended(claims.claim({ mode: 'assign', once: 'a', wait: '1h' }), clock);
    await clock.advance('1s');
    expect(await claims.release('a')).toBe(false);
    await clock.advance(0);
    expect(await waiting).toEqual(codeIs('CLAIM_RETIRED', second));
    expect(clock.pending).toBe(0);
  });
});

describe('an abort at any moment', () => {
  it('is the end of all requests but the one that is under way', async () => {
    const { clock, claims, network, memory } = make();
    await claims.inspect();
    await memory.claim({ pool: 'pool', owner: 'x', ttl: 60_000, place: undefined }, {});
    network.handle = async (_, carryOut) => {
      await clock.sleep('800ms');
      return await carryOut();
    };
    const abort = new AbortController();
    const { signal } = abort;
    const call = ended(claims.claim({ mode: 'lease', wait: '1m', signal }), clock);
    await clock.advance('500ms');
    abort.abort('enough');
    await clock.advance('10s');
    expect(await call).toEqual({ error: 'enough', at: 500 });
    expect(network.times('claim')).toEqual([0]);
    expect(clock.pending).toBe(0);
  });

  it('ends the call at once; of a lease nothing is left', async () => {
    for (let at = 0; at <= 700; at += 50) {
      const { clock, claims, network } = make();
      network.handle = async (_, carryOut) => {
        await clock.sleep('100ms');
        const reply = await carryOut();
        await clock.sleep('100ms');
        return reply;
      };
      const abort = new AbortController();
      const call = ended(claims.claim({ mode: 'lease', wait: '1m', signal: abort.signal }), clock);
      await clock.advance(at);
      abort.abort('enough');
      await clock.advance(0);
      const end = await call;
      const releasing = 'value' in end ? end.value.release() : undefined;
      if (releasing === undefined) expect(end).toEqual({ error: 'enough', at });
      await clock.advance('10s');
      await releasing;
      network.handle = (_, carryOut) => carryOut();
      expect(await claims.inspect()).toMatchObject([{ claim: undefined }]);
      expect(clock.pending).toBe(0);
    }
  });
});

describe('close()', () => {
  it.each([[false], [true]])(
    'ends waits, gives back leases, and leaves what is assigned (a line is kept: %s)',
    async (queues) => {
      const { clock, claims, machine } = make(['a', 'b'], { queues });
      await claims.claim({ mode: 'assign', once: 'hire-1' });
      const lease = await claims.claim({ mode: 'lease' });
      const waits = [
        ended(claims.claim({ mode: 'lease', wait: '1h' }), clock),
        ended(claims.claim({ mode: 'assign', once: 'hire-2', wait: '1h' }), clock),
      ];
      await clock.advance('1s');
      const closing = claims.close();
      await clock.advance('5s');
      await closing;
      expect(await Promise.all(waits)).toEqual(Array(2).fill(codeIs('SERVICE_CLOSED', second)));
      expect(lease.signal.aborted).toBe(true);
      const left = await machine().claims.inspect();
      expect(left.map(({ claim }) => claim?.by)).toEqual(['hire-1', undefined]);
      for (const call of [
        () => claims.claim({ mode: 'lease' }),
        () => claims.add(['c']),
        () => claims.release('hire-1'),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
      }
      expect(clock.pending).toBe(0);
    },
  );
});

describe('close() while a request is under way', () => {
  it('waits for it, also when its caller has gone', async () => {
    const { clock, claims, network, memory } = make([]);
    network.handle = async (_, carryOut) => {
      await clock.sleep('3s');
      return await carryOut();
    };
    const abort = new AbortController();
    // A store that does not heed the signal of what it has sent.
    const { send } = network;
    network.send = (carryOut, _, what) => send.call(network, carryOut, undefined, what) as never;
    const adding = ended(claims.add(['late'], { signal: abort.signal }), clock);
    await clock.advance('1s');
    abort.abort('enough');
    expect(await adding).toEqual({ error: 'enough', at: second });
    const closing = ended(claims.close(), clock);
    await clock.advance('10s');
    expect(await closing).toMatchObject({ at: 3 * second });
    expect(await memory.inspect('pool', {})).toMatchObject([{ id: 'late' }]);
  });

  it('waits for the resources that the pool is made with', async () => {
    const { clock, claims, network } = make();
    network.handle = async (_, carryOut) => {
      await clock.sleep('8s');
      return await carryOut();
    };
    const waiting = ended(claims.claim({ mode: 'lease', wait: '1m' }), clock);
    await clock.advance('1s');
    const closing = ended(claims.close(), clock);
    await clock.advance('10s');
    expect(await waiting).toEqual(codeIs('SERVICE_CLOSED', second));
    expect(await closing).toMatchObject({ at: 8 * second });
    expect(clock.pending).toBe(0);
  });

  it('does not wait for another try', async () => {
    const { clock, claims, network } = make();
    network.handle = async () => {
      throw fault('not-done', 20 * second);
    };
    const releasing = ended(claims.release('a'), clock);
    await clock.advance('1s');
    const closing = ended(claims.close(), clock);
    await clock.advance(0);
    expect(await closing).toMatchObject({ at: second });
    expect(await releasing).toEqual(codeIs('SERVICE_CLOSED', second));
    expect(clock.pending).toBe(0);
  });
});

describe('the resources that a pool is made with', () => {
  it('come before those that are added to it', async () => {
    const { claims } = make(['a', 'b']);
    await claims.add(['c']);
    const entries = await claims.inspect();
    expect(entries.map(({ resource }) => resource)).toEqual(['a', 'b', 'c']);
  });

  it('are added once, by the first call that gets through', async () => {
    const { clock, claims, network } = make(['a', 'b', 'c']);
    let failures = 0;
    network.handle = async (what, carryOut) => {
      if (what === 'add' && failures++ < 2) throw fault('unknown');
      return await carryOut();
    };
    const waits = ['1', '2'].map((once) =>
      ended(claims.claim({ mode: 'assign', once, wait: '10s' }), clock),
    );
    await clock.advance('10s');
    expect(await Promise.all(waits)).toMatchObject([
      { value: { resource: 'a' } },
      { value: { resource: 'b' } },
    ]);
    await claims.claim({ mode: 'lease' });
    expect(failures).toBeLessThanOrEqual(3);
    expect(network.times('add')).toHaveLength(3);
    await claims.close();
  });

  it('are added for the others, too, when the call that began with it is aborted', async () => {
    const { clock, claims, network } = make();
    network.handle = async (what, carryOut) => {
      if (what === 'add') await clock.sleep('1s');
      return await carryOut();
    };
    const abort = new AbortController();
    const first = ended(claims.claim({ mode: 'lease', signal: abort.signal }), clock);
    const other = ended(claims.inspect(), clock);
    await clock.advance('500ms');
    abort.abort('enough');
    await clock.advance('500ms');
    expect(await first).toEqual({ error: 'enough', at: 500 });
    expect(await other).toMatchObject({ value: [{ resource: 'r' }] });
    expect(network.times('add')).toHaveLength(1);
  });

  it('are not handed out when they were withdrawn before anybody claimed', async () => {
    const { claims, machine } = make(['a', 'b']);
    await claims.withdraw(['a']);
    const { resource } = await machine().claims.claim({ mode: 'assign', once: '1' });
    expect(resource).toBe('b');
    expect(await claims.inspect()).toMatchObject([{ resource: 'b' }]);
  });
});

describe('release()', () => {
  it('is repeated for half a minute against a service that does not answer', async () => {
    const { clock, claims, network } = make();
    await claims.claim({ mode: 'assign', once: 'a' });
    network.handle = async () => {
      throw fault('unknown');
    };
    const end = ended(claims.release('a'), clock);
    await clock.advance('31s');
    expect(await end).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
    expect((await end).at).toBeGreaterThan(25 * second);
    network.handle = (_, carryOut) => carryOut();
    expect(await claims.release('a')).toBe(true);
    expect(await claims.release('a')).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('ends at once when it is aborted, whatever the store does', async () => {
    const { clock, claims, network } = make();
    network.send = () => noAnswer();
    const abort = new AbortController();
    const end = ended(claims.release('a', { signal: abort.signal }), clock);
    await clock.advance('3s');
    abort.abort('enough');
    expect(await end).toEqual({ error: 'enough', at: 3 * second });
    expect(clock.pending).toBe(0);
  });

  it('refuses a claim of the same operation that a network has held up', async () => {
    const { clock, claims, machine } = make();
    const { network, claims: slow } = machine();
    await slow.inspect();
    network.handle = async (_, carryOut) => {
      await clock.sleep('5s');
      return await carryOut();
    };
    const late = ended(slow.claim({ mode: 'assign', once: 'a' }), clock);
    await clock.advance('1s');
    expect(await claims.release('a')).toBe(false);
    await clock.advance('4s');
    expect(await late).toEqual(codeIs('CLAIM_RETIRED', 5 * second));
    expect(await claims.inspect()).toMatchObject([{ claim: undefined }]);
  });
});

describe('a lease that is given back', () => {
  it('does not make the pool forget which operations were released', async () => {
    const { claims } = make();
    await claims.release('hire-1');
    for (let count = 0; count < 1_000; count++) {
      await (await claims.claim({ mode: 'lease' })).release();
    }
    await expect(claims.claim({ mode: 'assign', once: 'hire-1' })).rejects.toMatchObject({
      code: 'CLAIM_RETIRED',
    });
  });

  it('has a ttl that the store takes', async () => {
    const { clock, memory } = make();
    const store: PoolStore = Object.assign(Object.create(memory), {
      name: 'Choosy pools',
      ttlBounds: { shortest: 15_000, longest: 60_000, step: 1_000 },
      claim: memory.claim.bind(memory),
    });
    const choosy = pool(store, 'pool', [], { clock });
    await expect(choosy.claim({ mode: 'lease', ttl: '5s' })).rejects.toMatchObject({
      code: 'LOCK_OPTION_INVALID',
    });
  });
});

describe('a holder', () => {
  it('may not be called as operations are', () => {
    expect(() => make(['r'], { holder: 'once more' })).toThrow(
      /"pool": holder begins with "once "/,
    );
  });

  it('keeps what it is given after a grant that has expired with its resource withdrawn', async () => {
    const { clock, memory } = make();
    const resources = ['a', 'b'].map((id) => ({ id, value: `"${id}"` }));
    await memory.add({ pool: 'p', resources, again: false }, {});
    const request = { pool: 'p', owner: 'me', ttl: 1_000, place: undefined };
    expect(await memory.claim(request, {})).toMatchObject({ id: 'a' });
    await memory.withdraw('p', ['a'], {});
    await clock.advance('2s');
    expect(await memory.claim(request, {})).toMatchObject({ id: 'b' });
    expect(await memory.renew(request, 1_000, {})).toBe(true);
    expect(await memory.release({ ...request, forGood: false }, {})).toBe(true);
    expect(await memory.claim({ ...request, owner: 'you' }, {})).toMatchObject({ id: 'b' });
  });
});
