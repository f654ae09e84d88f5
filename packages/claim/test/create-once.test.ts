/**
 * The corners of createOnce(): bounds, failures, lost replies, late claims, and what a call leaves behind.
 */
import { virtualClock } from '@runafter/clock';
import {
  DocumentExistsError,
  memoryDocumentStore,
  OutcomeUnknownError,
} from '@runafter/optimistic';
import { describe, expect, it } from 'vitest';
import {
  type CreateOnceOptions,
  type Creation,
  createOnce,
  type MakeContext,
} from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Documents, shakyDocuments } from './shaky-documents.ts';
import { fault, noAnswer, ScriptedNetwork } from './weather.ts';

expectNothingEscapes();

const key = 'anna@example.com';

/** A machine with a network of its own, and a second one that speaks with the same service. */
function make() {
  const clock = virtualClock();
  const documents = new Documents();
  const network = new ScriptedNetwork(clock);
  const store = shakyDocuments<Creation<string>>(documents, network);
  const other = shakyDocuments<Creation<string>>(documents, new ScriptedNetwork(clock));
  const options = { clock, random: () => 0.5 };
  const begin = (
    what: (context: MakeContext) => string | Promise<string>,
    more: CreateOnceOptions = {},
    on = store,
  ) => settled(createOnce(on, key, what, { ...options, ...more }));
  return { clock, documents, network, store, other, options, begin };
}

/** What a call ends in, without an unhandled rejection meanwhile. */
function settled<T>(call: Promise<T>): Promise<T | { readonly error: unknown }> {
  return call.catch((error: unknown) => ({ error }));
}

function codeIs(code: string) {
  return { error: expect.objectContaining({ code }) };
}

describe('the wait of createOnce()', () => {
  it('is for what somebody else creates, not for the store', async () => {
    const { clock, network, begin } = make();
    network.handle = async (_, carryOut) => {
      await clock.sleep('1s');
      return await carryOut();
    };
    const call = begin(() => 'anna', { wait: 0 });
    await clock.advance('10s');
    expect(await call).toBe('anna');
    expect(clock.pending).toBe(0);
  });

  it.each(['of this process', 'of another process'])(
    'of 0 ends at once while somebody %s is at it',
    async (where) => {
      const { clock, store, other, begin } = make();
      const first = begin(async () => {
        await clock.sleep('1m');
        return 'first';
      });
      await clock.advance(1);
      const second = begin(
        () => 'second',
        { wait: 0 },
        where === 'of this process' ? store : other,
      );
      await clock.advance(1);
      expect(await second).toEqual(codeIs('CREATE_ONCE_TIMEOUT'));
      await clock.advance('1m');
      expect(await first).toBe('first');
      expect(clock.pending).toBe(0);
    },
  );

  it('ends in its time, and says who has been at it', async () => {
    const { clock, other, begin } = make();
    const first = begin(() => clock.sleep('1m').then(() => 'first'));
    await clock.advance(1);
    const second = begin(() => 'second', { wait: '5s' }, other);
    await clock.advance('4999ms');
    const third = begin(() => 'third', { wait: '2m' }, other);
    await clock.advance(1);
    expect(await second).toMatchObject({
      error: { code: 'CREATE_ONCE_TIMEOUT', waited: 5_000, heldBy: expect.stringContaining(':') },
    });
    await clock.advance('1m');
    expect([await first, await third]).toEqual(['first', 'first']);
    expect(clock.pending).toBe(0);
  });
});

describe('a claim of createOnce() that has come late', () => {
  it('counts from when it was sent, not from when it was found', async () => {
    const { clock, documents, network, other, begin } = make();
    let writes = 0;
    network.handle = async (what, carryOut) => {
      if (what === 'write' && writes++ === 0) {
        clock.setTimer(200, () => void carryOut());
        throw fault('unknown');
      }
      const reply = await carryOut();
      // It was not there yet, and is when that is told.
      if (what === 'read' && writes === 1 && documents.written.length === 0)
        await clock.sleep('2s');
      return reply;
    };
    let working = 0;
    const most: number[] = [];
    const work = async ({ signal }: MakeContext) => {
      most.push(++working);
      await clock.sleep('10s', { signal }).finally(() => working--);
      return 'made';
    };
    const cutOff = (context: MakeContext) => {
      network.handle = () => noAnswer();
      return work(context);
    };
    void begin(cutOff, { ttl: '3s' });
    await clock.advance('300ms');
    const next = begin(work, { ttl: '3s', poll: '10ms' }, other);
    await clock.advance('1m');
    expect(await next).toBe('made');
    expect(most).toEqual([1, 1]);
  });
});

describe('a claim of createOnce() that was lost', () => {
  it('does not count for the one that is there in the end', async () => {
    const { clock, documents, network, begin } = make();
    network.handle = async (what, carryOut) => {
      if (what === 'write' && documents.written.length === 0 && clock.monotonic() < 5_000) {
        throw fault('unknown');
      }
      return await carryOut();
    };
    let calls = 0;
    const call = begin(() => `made ${++calls}`, { ttl: '3s' });
    await clock.advance('10s');
    expect(await call).toBe('made 1');
    expect(documents.written.map((body) => JSON.parse(body).state)).toEqual(['claimed', 'created']);
    expect(clock.pending).toBe(0);
  });
});

describe('the wait for somebody who has died', () => {
  it('is over when it is our turn, however long we work then', async () => {
    const { clock, network, other, begin } = make();
    void begin(() => {
      network.handle = () => noAnswer();
      return noAnswer();
    });
    await clock.advance(0);
    const next = begin(() => clock.sleep('1m').then(() => 'next'), { wait: '40s' }, other);
    await clock.advance('2m');
    expect(await next).toBe('next');
  });
});

describe('a store that goes on saying the same', () => {
  it.each<[string, () => Error]>([
    ['that nobody knows', () => new OutcomeUnknownError('store', key, 'Look.')],
    ['that it is there, and does not show it', () => new DocumentExistsError('store', key)],
  ])('%s, is asked now and then, until the wait is over', async (_, failure) => {
    const { clock, documents, options } = make();
    let writes = 0;
    const store = shakyDocuments<Creation<string>>(documents, new ScriptedNetwork(clock));
    store.create = async () => {
      writes++;
      throw failure();
    };
    const call = settled(createOnce(store, key, () => 'anna', { ...options, wait: '10s' }));
    await clock.advance('11s');
    expect(await call).toEqual(codeIs('CREATE_ONCE_TIMEOUT'));
    expect(writes).toBeGreaterThan(10);
    expect(writes).toBeLessThan(50);
    await clock.advance('1s');
    expect(clock.pending).toBe(0);
  });

  it('when what was made should be kept, is asked with growing pauses, for half a minute', async () => {
    const { clock, network, begin } = make();
    let made = false;
    network.handle = async (what, carryOut) => {
      if (made && what === 'write') throw fault('unknown');
      return await carryOut();
    };
    const call = begin(() => {
      made = true;
      return 'anna';
    });
    await clock.advance('40s');
    expect(await call).toEqual(codeIs('OUTCOME_UNKNOWN'));
    expect(network.times('write').length).toBeLessThan(200);
    expect(clock.pending).toBe(0);
  });
});

describe('a make that fails', () => {
  it('fails for its caller, and the next one tries at once with the same idempotency key', async () => {
    const { begin, documents, clock } = make();
    const keys: string[] = [];
    const failing = begin(({ idempotencyKey }) => {
      keys.push(idempotencyKey);
      throw new Error('no');
    });
    const next = begin(({ idempotencyKey }) => {
      keys.push(idempotencyKey);
      return 'anna';
    });
    await clock.advance(0);
    expect(await failing).toMatchObject({ error: { message: 'no' } });
    expect(await next).toBe('anna');
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
    expect(documents.written).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['throws', 'has created it', 30_000],
    ['throws', 'is at it', 90_000],
    ['returns', 'has created it', 30_000],
    ['returns', 'is at it', 90_000],
  ])(
    'or one that ends too late, and %s after somebody else %s, hands over what that one creates',
    async (how, _, work) => {
      const { clock, network, other, begin } = make();
      const first = begin(
        async () => {
          network.handle = () => noAnswer();
          await clock.sleep('70s');
          network.handle = (__, carryOut) => carryOut();
          if (how === 'throws') throw new Error('too late');
          return 'first';
        },
        { wait: '5m' },
      );
      await clock.advance(0);
      const second = begin(() => clock.sleep(work).then(() => 'second'), { wait: '5m' }, other);
      await clock.advance('3m');
      expect([await first, await second]).toEqual(['second', 'second']);
      const third = begin(() => 'third');
      await clock.advance(0);
      expect(await third).toBe('second');
      expect(clock.pending).toBe(0);
    },
  );

  it('does not wait for a store that wants to be left alone', async () => {
    const { clock, network, begin } = make();
    const call = begin(() => {
      network.handle = async () => {
        throw fault('not-done', 3_600_000);
      };
      throw new Error('no');
    });
    await clock.advance('5s');
    expect(await call).toMatchObject({ error: { message: 'no' } });
    expect(clock.pending).toBe(0);
  });

  it('by returning what cannot be kept leaves the key to the next one', async () => {
    const { clock, begin } = make();
    const call = begin(() => new Map() as unknown as string);
    await clock.advance(0);
    expect(await call).toEqual(codeIs('DOCUMENT_INVALID'));
    const next = begin(() => 'anna');
    await clock.advance(0);
    expect(await next).toBe('anna');
  });
});

describe('an abort', () => {
  it('while the claim is under way gives the claim back, and makes nothing', async () => {
    const { clock, network, documents, other, begin } = make();
    network.handle = async (what, carryOut) => {
      await clock.sleep(what === 'write' ? 500 : 0);
      return await carryOut();
    };
    const abort = new AbortController();
    let made = 0;
    const call = begin(() => `${made++}`, { signal: abort.signal });
    await clock.advance(100);
    abort.abort('enough');
    await clock.advance(0);
    expect(await call).toEqual({ error: 'enough' });
    await clock.advance('2s');
    expect(made).toBe(0);
    expect(documents.written.at(-1)).toContain('failed');
    const next = begin(() => 'next', {}, other);
    await clock.advance(0);
    expect(await next).toBe('next');
    expect(clock.pending).toBe(0);
  });

  it('after a claim whose reply was lost gives the claim back', async () => {
    const { clock, network, other, begin } = make();
    const abort = new AbortController();
    let writes = 0;
    network.handle = async (what, carryOut) => {
      const reply = await carryOut();
      if (what !== 'write' || ++writes > 1) return reply;
      abort.abort('enough');
      throw fault('unknown');
    };
    const call = begin(() => 'never', { signal: abort.signal });
    await clock.advance('1s');
    expect(await call).toEqual({ error: 'enough' });
    const next = begin(() => 'next', {}, other);
    await clock.advance(0);
    expect(await next).toBe('next');
  });

  it('leaves no timer, also when somebody else has taken over by the time that make ends', async () => {
    const { clock, network, other, begin } = make();
    const abort = new AbortController();
    const first = begin(
      async () => {
        network.handle = () => noAnswer();
        await clock.sleep('70s');
        network.handle = (_, carryOut) => carryOut();
        return 'first';
      },
      { signal: abort.signal },
    );
    await clock.advance(0);
    const second = begin(() => clock.sleep('1m').then(() => 'second'), { wait: '5m' }, other);
    await clock.advance('1s');
    abort.abort('enough');
    await clock.advance('75s');
    expect(await first).toEqual({ error: 'enough' });
    await clock.advance('80s');
    expect(await second).toBe('second');
    expect(clock.pending).toBe(0);
  });

  it('in the middle of make ends the call at once, and what is made is kept for the next one', async () => {
    const { clock, begin } = make();
    const abort = new AbortController();
    const call = begin(() => clock.sleep('1m').then(() => 'anna'), { signal: abort.signal });
    await clock.advance('1s');
    const next = begin(() => 'never', { wait: '5m' });
    abort.abort('enough');
    await clock.advance(0);
    expect(await call).toEqual({ error: 'enough' });
    await clock.advance('1m');
    expect(await next).toBe('anna');
    expect(clock.pending).toBe(0);
  });
});

describe('a claim', () => {
  it('that is granted too late is given back, and claimed again', async () => {
    const { clock, network, documents, begin } = make();
    let writes = 0;
    network.handle = async (what, carryOut) => {
      if (what === 'write' && ++writes === 1) await clock.sleep('40s');
      return await carryOut();
    };
    let made = 0;
    const call = begin(() => `${++made}`);
    await clock.advance('2m');
    expect(await call).toBe('1');
    expect(documents.written.filter((text) => text.includes('claimed'))).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('whose reply was lost is recognised, and what was made is too', async () => {
    const { clock, network, documents, begin } = make();
    network.handle = async (what, carryOut) => {
      const reply = await carryOut();
      if (what === 'write') throw fault('unknown');
      return reply;
    };
    let made = 0;
    const call = begin(() => `${++made}`);
    await clock.advance(0);
    expect(await call).toBe('1');
    expect(documents.written).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('is kept alive while make works, over renewals that fail or hang', async () => {
    const { clock, network, other, begin } = make();
    let renewals = 0;
    const first = begin(() => {
      network.handle = async (what, carryOut) => {
        renewals += what === 'read' ? 1 : 0;
        if (renewals % 3 === 1) throw fault('unknown');
        if (renewals % 3 === 2) return await noAnswer();
        return await carryOut();
      };
      return clock.sleep('10m').then(() => {
        network.handle = (_, carryOut) => carryOut();
        return 'first';
      });
    });
    await clock.advance('1s');
    const second = begin(() => 'second', { wait: '1h' }, other);
    await clock.advance('11m');
    expect(renewals).toBeGreaterThan(20);
    expect([await first, await second]).toEqual(['first', 'first']);
    expect(clock.pending).toBe(0);
  });

  it('of a process that has died is taken over after its ttl, with its idempotency key', async () => {
    const { clock, network, other, begin } = make();
    const keys: string[] = [];
    const died = begin(({ idempotencyKey }) => {
      keys.push(idempotencyKey);
      network.handle = () => noAnswer();
      return noAnswer();
    });
    await clock.advance(0);
    const second = begin(
      ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        return 'second';
      },
      {},
      other,
    );
    await clock.advance('29s');
    expect(keys).toHaveLength(1);
    await clock.advance('2s');
    expect(await second).toBe('second');
    expect(keys[1]).toBe(keys[0]);
    void died;
  });
});

describe('what was created', () => {
  it('may be nothing but the fact', async () => {
    const store = memoryDocumentStore<Creation<undefined>>();
    let made = 0;
    const send = () => createOnce(store, 'mail', () => void made++);
    expect([await send(), await send(), made]).toEqual([undefined, undefined, 1]);
  });

  it('is kept though somebody has removed the claim meanwhile', async () => {
    const { clock, documents, begin } = make();
    const call = begin(() => {
      documents.records.clear();
      return 'anna';
    });
    await clock.advance(0);
    expect(await call).toBe('anna');
    const next = begin(() => 'never');
    await clock.advance(0);
    expect(await next).toBe('anna');
  });

  it('is what the codec of the store makes of it, for its creator too', async () => {
    const codec = {
      encode: (value: unknown) =>
        JSON.stringify(value, (_, v) => (v instanceof Map ? { entries: [...v] } : v)),
      decode: (text: string) =>
        JSON.parse(text, (_, v) => (Array.isArray(v?.entries) ? new Map(v.entries) : v)),
    };
    const store = memoryDocumentStore<Creation<Map<string, number>>>({ codec });
    const map = new Map([['a', 1]]);
    const longKey = '€'.repeat(400);
    const [first, second] = await Promise.all([
      createOnce(store, longKey, () => map),
      createOnce(store, longKey, () => new Map([['never', 2]])),
    ]);
    expect([first, second]).toEqual([map, map]);
    expect(first).not.toBe(map);
    expect(first).not.toBe(second);
  });

  it('is not created in a store that was closed meanwhile', async () => {
    const { clock, store, begin } = make();
    const call = begin(async () => {
      await store.close();
      return 'anna';
    });
    await clock.advance('1m');
    expect(await call).toEqual(codeIs('SERVICE_CLOSED'));
    expect(clock.pending).toBe(0);
  });
});
