/**
 * Pools in documents: expiry by stillness, contention, what a step costs, and what errors become.
 */
import { type Clock, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { documentPools, type PoolDocument, type PoolOptions, pool } from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Documents, shakyDocuments } from './shaky-documents.ts';
import { fault, noAnswer, ScriptedNetwork } from './weather.ts';

expectNothingEscapes();

/** A service that several machines speak with, each with a network of its own. */
function make() {
  const clock = virtualClock();
  const documents = new Documents();
  const machine = (resources: readonly string[] = [], options: PoolOptions = {}) => {
    const network = new ScriptedNetwork(clock);
    const own: Clock = options.clock ?? clock;
    const store = documentPools(shakyDocuments<PoolDocument>(documents, network), { clock: own });
    const timing = { ttl: '1s', poll: 50, random: () => 0.5, clock: own } as const;
    return { network, store, claims: pool(store, 'pool', resources, { ...timing, ...options }) };
  };
  return { clock, documents, machine };
}

/** A clock whose time of day is not that of the others. */
function shifted(clock: Clock, by: () => number): Clock {
  return {
    now: () => clock.now() + by(),
    monotonic: () => clock.monotonic(),
    setTimer: (...timer) => clock.setTimer(...timer),
    sleep: (...sleep) => clock.sleep(...sleep),
  };
}

describe('a lease in a document', () => {
  it.each([0, 3_600_000, -3_600_000])(
    'whose holder has died is handed on after its ttl, not before, on clocks that are set %d ms',
    async (jump) => {
      const { clock, machine } = make();
      let by = 0;
      const died = machine(['r']);
      const lease = await died.claims.claim({ mode: 'lease' });
      died.network.handle = () => noAnswer();
      const waiter = machine([], { clock: shifted(clock, () => by) });
      let takenAt = 0;
      const waiting = waiter.claims.claim({ mode: 'lease', wait: '10s' }).then((next) => {
        takenAt = clock.monotonic();
        return next;
      });
      await clock.advance('500ms');
      by = jump;
      await clock.advance('2s');
      const next = await waiting;
      expect(lease.signal.aborted).toBe(true);
      expect(takenAt).toBeGreaterThanOrEqual(1_000);
      expect(takenAt).toBeLessThan(1_100);
      expect(next.token).toBeGreaterThan(lease.token);
      await next.release();
      await waiter.claims.close();
    },
  );

  it('is not taken for one that was never written', async () => {
    const { clock, machine } = make();
    const one = machine(['r']);
    const two = machine();
    await one.claims.inspect();
    // Two claims of one machine share a try, whose write comes too late: the other machine has been faster.
    one.network.handle = async (what, carryOut) => {
      if (what === 'write' && clock.monotonic() === 0) await clock.sleep('300ms');
      return await carryOut();
    };
    const waits = [1, 2].map(() => one.claims.claim({ mode: 'lease', wait: '10s' }));
    await clock.advance('200ms');
    const holder = await two.claims.claim({ mode: 'lease' });
    two.network.handle = () => noAnswer();
    const first = Promise.race(waits).then((lease) => ({ lease, isLost: holder.signal.aborted }));
    await clock.advance('3s');
    const { lease, isLost } = await first;
    expect(isLost).toBe(true);
    expect(lease.token).toBeGreaterThan(holder.token);
    void Promise.allSettled(waits);
    const closing = one.claims.close();
    await clock.advance('10s');
    await closing;
  });

  it('is listed with the time that it has left, and is free when that is over', async () => {
    const { clock, machine } = make();
    const { claims, network } = machine(['r']);
    await claims.claim({ mode: 'lease' });
    network.handle = (what, carryOut) => (what === 'write' ? noAnswer() : carryOut());
    const other = machine().claims;
    expect(await other.inspect()).toMatchObject([{ claim: { mode: 'lease', expiresIn: 1_000 } }]);
    await clock.advance('600ms');
    expect(await other.inspect()).toMatchObject([{ claim: { expiresIn: 400 } }]);
    await clock.advance('400ms');
    expect(await other.inspect()).toMatchObject([{ claim: undefined }]);
  });
});

describe('an assignment in a document', () => {
  it('has no time that ends, and is kept by a renewal', async () => {
    const { clock, machine } = make();
    const { claims, store } = machine(['r']);
    await claims.claim({ mode: 'assign', once: 'hire-1' });
    const [state] = await store.inspect('pool', {});
    const owner = state?.claim?.owner ?? expect.unreachable();
    expect(await store.renew({ pool: 'pool', owner }, Number.POSITIVE_INFINITY, {})).toBe(true);
    await clock.advance('30d');
    expect(await claims.inspect()).toMatchObject([
      { claim: { mode: 'assign', by: 'hire-1', expiresIn: Number.POSITIVE_INFINITY } },
    ]);
    expect(await machine().claims.tryClaim({ mode: 'lease' })).toBeUndefined();
  });

  it('that is asked for again costs no write', async () => {
    const { machine } = make();
    const { claims, network } = machine(['r']);
    await claims.claim({ mode: 'assign', once: 'hire-1' });
    const writes = network.times('write').length;
    await claims.claim({ mode: 'assign', once: 'hire-1' });
    expect(network.times('write')).toHaveLength(writes);
  });
});

describe('who waits for something in a document', () => {
  it('hears at once of what is released and added on the same store', async () => {
    const { clock, machine } = make();
    const { claims } = machine(['a'], { poll: '1m' });
    await claims.claim({ mode: 'assign', once: 'hire-1' });
    const next = claims.claim({ mode: 'assign', once: 'hire-2', wait: '1h' });
    await clock.advance('1s');
    await claims.release('hire-1');
    await clock.advance(0);
    expect(await next).toMatchObject({ resource: 'a' });
    const last = claims.claim({ mode: 'assign', once: 'hire-3', wait: '1h' });
    await clock.advance('1s');
    await claims.add(['b']);
    await clock.advance(0);
    expect(await last).toMatchObject({ resource: 'b' });
    expect(clock.pending).toBe(0);
  });

  it('asks when the first one has not been renewed for its ttl, however seldom it polls', async () => {
    const { clock, machine } = make();
    const died = machine(['a', 'b']);
    await died.claims.claim({ mode: 'lease', ttl: '5s' });
    await died.claims.claim({ mode: 'lease', ttl: '2s' });
    died.network.handle = () => noAnswer();
    const waiter = machine([], { poll: '10m' });
    const waiting = waiter.claims.claim({ mode: 'assign', once: 'hire-1', wait: '1h' });
    const at = waiting.then(() => clock.monotonic());
    await clock.advance('2100ms');
    expect(await waiting).toMatchObject({ resource: 'b' });
    expect(await at).toBeGreaterThanOrEqual(2_000);
  });
});

describe('a lost reply of a document', () => {
  it('does not hide that a release took something back', async () => {
    const { clock, machine } = make();
    const { claims, network } = machine(['a']);
    await claims.claim({ mode: 'assign', once: 'hire-1' });
    let losses = 0;
    network.handle = async (what, carryOut) => {
      const reply = await carryOut();
      if (what === 'write' && losses++ < 1) {
        // Others write so often that the document does not tell any more whose write it was.
        for (let count = 0; count < 40; count++) await machine().claims.add([`r${count}`]);
        throw fault('unknown');
      }
      return reply;
    };
    const releasing = claims.release('hire-1');
    await clock.advance('10s');
    expect(await releasing).toBe(true);
  });

  it('does not hand over what was released for good before it was found out', async () => {
    const { clock, machine } = make();
    const { claims, network } = machine(['a']);
    await claims.inspect();
    let losses = 0;
    network.handle = async (what, carryOut) => {
      const reply = await carryOut();
      if (what === 'write' && losses++ < 1) {
        await machine().claims.release('hire-1');
        throw fault('unknown');
      }
      return reply;
    };
    const claiming = claims.claim({ mode: 'assign', once: 'hire-1' }).catch((error) => error.code);
    await clock.advance('10s');
    expect(await claiming).toBe('CLAIM_RETIRED');
  });
});

describe('a document of a pool', () => {
  it('is not written by a machine that has nothing new to add', async () => {
    const { documents, machine } = make();
    await machine(['a', 'b']).claims.inspect();
    await machine(['a', 'b']).claims.inspect();
    await machine().claims.add(['b']);
    await machine().claims.withdraw(['c']);
    expect(documents.written).toHaveLength(1);
  });

  it('takes the claims of many machines at once, each resource once', async () => {
    const { clock, machine } = make();
    const resources = Array.from({ length: 60 }, (_, number) => `r${number}`);
    const machines = Array.from({ length: 12 }, () => machine(resources));
    const claimed = Promise.all(
      machines.flatMap(({ claims }, index) =>
        Array.from({ length: 5 }, (_, number) =>
          claims.claim({ mode: 'assign', once: `${index} ${number}`, wait: '1m' }),
        ),
      ),
    );
    await clock.advance('1m');
    expect(new Set((await claimed).map(({ resource }) => resource)).size).toBe(60);
    expect(clock.pending).toBe(0);
  });

  it('with 1,000 resources takes 500 claims of one machine in some requests', async () => {
    const { machine } = make();
    const { claims, network } = machine(Array.from({ length: 1_000 }, (_, number) => `r${number}`));
    const given = await Promise.all(
      Array.from({ length: 500 }, (_, number) =>
        claims.claim({ mode: 'assign', once: `${number}` }),
      ),
    );
    expect(new Set(given.map(({ resource }) => resource)).size).toBe(500);
    expect(network.log.length).toBeLessThan(10);
  });

  it('whose service is away says so, with its reason, before a single try is given up', async () => {
    const { clock, machine } = make();
    const { claims, network } = machine(['r']);
    await claims.inspect();
    const away = fault('not-done');
    network.handle = async () => {
      throw away;
    };
    const trying = claims.tryClaim({ mode: 'lease' }).catch((error: unknown) => error);
    await clock.advance('9s');
    expect(await trying).toBe(away);
  });

  it('that others change all the time is a service that does not answer, not an empty pool', async () => {
    const { clock, documents, machine } = make();
    const { claims, network } = machine(['r']);
    await claims.inspect();
    network.handle = async (what, carryOut) => {
      const record = documents.records.get('pool') ?? expect.unreachable();
      if (what === 'write') await documents.write('pool', record, { ifMatch: record.etag });
      return await carryOut();
    };
    const waiting = claims
      .claim({ mode: 'assign', once: 'a', wait: '1m' })
      .catch((error: unknown) => error);
    await clock.advance('1m');
    expect(await waiting).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await clock.advance('1m');
    expect(clock.pending).toBe(0);
  });
});
