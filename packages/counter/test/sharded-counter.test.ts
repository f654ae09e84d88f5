/** A sharded counter, promise by promise. */
import { getEventListeners } from 'node:events';
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { type ShardedCounterOptions, shardedCounter } from '../src/index.ts';
import { countIds, maxIds, type ShardDocument } from '../src/shard-document.ts';
import { Documents, type Network } from './shaky-documents.ts';

interface World {
  readonly documents: Documents;
  readonly clock: VirtualClock;
  /** One more process. */
  counter(options?: ShardedCounterOptions, network?: Network): ReturnType<typeof shardedCounter>;
  /** The keys of the shards that hold something. */
  shards(): string[];
}

function setUp(): World {
  const documents = new Documents();
  const clock = virtualClock({ autoAdvance: true });
  return {
    documents,
    clock,
    counter: (options, network) => shardedCounter(documents.store(network), { clock, ...options }),
    shards: () => [...documents.records.keys()].filter((key) => !key.endsWith('/head')).sort(),
  };
}

const minute = 60_000;
const hour = 60 * minute;

describe('the shards of a counter', () => {
  it('are filled evenly, by keys, by ids, and by chance', async () => {
    for (const options of [
      (n: number) => ({ key: `order ${n}` }),
      (n: number) => ({ once: `${n}` }),
      () => ({}),
    ]) {
      const { counter, documents, shards } = setUp();
      const five = counter();
      await Promise.all(Array.from({ length: 1_000 }, (_, n) => five.add('n', 1, options(n))));
      const parts = shards().map((key) => Number((documents.value(key) as { n: string }).n));
      expect(parts).toHaveLength(5);
      for (const part of parts) expect(part).toBeGreaterThan(140);
      for (const part of parts) expect(part).toBeLessThan(260);
      expect(await five.read('n')).toBe(1_000n);
    }
  });

  it('are not waited for longer than the bounds say, the first time either', async () => {
    const { counter, clock } = setUp();
    const away = new ServiceUnavailableError('Shaky documents', 'not-done');
    const bounded = counter({ update: { timeout: '1s' } }, { fateOf: () => away });
    await expect(bounded.add('n', 1)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(clock.monotonic()).toBeLessThanOrEqual(1_000);
  });

  it('are picked by the key, always the same', async () => {
    const { counter, shards } = setUp();
    for (let n = 0; n < 20; n++) await counter().add('n', 1, { key: 'order-17' });
    expect(shards()).toHaveLength(1);
  });

  it('are picked by the id where there is one, whatever the key', async () => {
    const { counter } = setUp();
    for (let n = 0; n < 20; n++) await counter().add('n', 1, { once: 'a', key: `order ${n}` });
    expect(await counter().read('n')).toBe(1n);
  });

  it('belong to one counter, also where names look like keys of another', async () => {
    const { counter, documents } = setUp();
    const names = ['a', 'a/0-0', 'a/head', 'a/0-0/head', 'a/head/0-0', '/', 'a/', 'x'.repeat(200)];
    const one = counter({ shards: 1 });
    for (const [at, name] of names.entries()) await one.add(name, at + 1);
    for (const [at, name] of names.entries()) expect(await one.read(name)).toBe(BigInt(at + 1));
    expect(documents.records.size).toBe(2 * names.length);
    expect(await one.reset('a')).toBe(1n);
    expect(await one.read('a/0-0')).toBe(2n);
  });
});

describe('reading a sharded counter', () => {
  it('is 0 before anybody has added, and writes nothing', async () => {
    const { counter, documents } = setUp();
    expect(await counter().read('n')).toBe(0n);
    expect(await counter().reset('n')).toBe(0n);
    expect(documents.records.size).toBe(0);
  });

  it('does not grow a counter that has fewer shards', async () => {
    const { counter, documents } = setUp();
    await counter({ shards: 1 }).add('n', 3);
    expect(await counter({ shards: 50 }).read('n')).toBe(3n);
    expect(await counter({ shards: 50 }).reset('n')).toBe(3n);
    expect(documents.requests.filter(({ operation }) => operation === 'write')).toHaveLength(3);
  });

  it('sees what was added elsewhere since it read last, also in new shards', async () => {
    const { counter } = setUp();
    const reader = counter({ shards: 2 });
    await reader.add('n', 1);
    await reader.read('n');
    await counter({ shards: 7 }).add('n', 1);
    expect(await reader.read('n')).toBe(2n);
  });

  it('says when the sum is out of range, and reset still hands it over', async () => {
    const { counter } = setUp();
    const two = counter({ shards: 2, update: { random: () => 0 } });
    const other = counter({ shards: 2, update: { random: () => 0.9 } });
    const top = 2n ** 63n - 1n;
    await two.add('n', top);
    await other.add('n', 1);
    await expect(two.read('n')).rejects.toMatchObject({
      code: 'COUNTER_OVERFLOW',
      value: top + 1n,
      amount: undefined,
      message: expect.stringContaining('sum up to 9223372036854775808'),
    });
    await expect(two.add('n', 1)).rejects.toMatchObject({
      code: 'COUNTER_OVERFLOW',
      counter: 'n',
      value: top,
      amount: 1n,
    });
    expect(await two.reset('n')).toBe(top + 1n);
    expect(await two.read('n')).toBe(0n);
  });
});

describe('an operation id', () => {
  it.each([0, 1, 7 * minute])('counts once for an hour, added %i ms into a slice', async (into) => {
    const { counter, clock } = setUp();
    const first = counter();
    await clock.advance(into);
    await first.add('n', 1, { once: 'a' });
    await clock.advance(hour - 1);
    await counter().add('n', 1, { once: 'a' });
    expect(await first.read('n'), 'not before an hour').toBe(1n);
    await clock.advance(hour / 16 + 1);
    await counter().add('n', 1, { once: 'a' });
    expect(await first.read('n'), 'not later than a sixteenth more').toBe(2n);
  });

  it('is kept as long as the process that counted it keeps ids, whatever others do', async () => {
    const { counter, clock } = setUp();
    const aDay = counter({ shards: 1, keepIds: '1d' });
    const anHour = counter({ shards: 1, keepIds: '1h' });
    await clock.advance(85 * minute); // nearly at the end of one of its slices
    await aDay.add('n', 1, { once: 'a' });
    await clock.advance(minute);
    await anHour.add('n', 1, { once: 'b' });
    await clock.advance(2 * hour);
    await anHour.add('n', 1, { once: 'c' });
    await aDay.add('n', 1, { once: 'a' });
    expect(await aDay.read('n')).toBe(3n);
  });

  it('counts once for just as long when the shards have grown meanwhile', async () => {
    const { counter, clock } = setUp();
    await counter({ shards: 2 }).add('n', 1, { once: 'a' });
    await clock.advance(hour - 2);
    const grown = counter({ shards: 3 });
    await grown.add('n', 1, { once: 'b' });
    await clock.advance(1);
    await grown.add('n', 1, { once: 'a' });
    expect(await grown.read('n')).toBe(2n);
    await clock.advance(hour / 16 + 1);
    await grown.add('n', 1, { once: 'a' });
    expect(await grown.read('n')).toBe(3n);
  });

  it('is not looked for in old shards any more when all their ids have expired', async () => {
    const { counter, clock, documents } = setUp();
    await counter({ shards: 2 }).add('n', 1, { once: 'a' });
    const grown = counter({ shards: 3 });
    await grown.add('n', 1, { once: 'b' });
    await clock.advance(2 * hour + 1);
    documents.requests.length = 0;
    await grown.add('n', 1, { once: 'c' });
    expect(documents.requests.filter(({ key }) => key.startsWith('n/0-'))).toEqual([]);
  });

  it('takes up no room after it has expired', async () => {
    const { counter, clock, documents } = setUp();
    const one = counter({ shards: 1 });
    const kept = () => countIds(documents.value('n/0-0') as ShardDocument);
    for (let n = 0; n < 48; n++) {
      await one.add('n', 1, { once: `id ${n}` });
      await clock.advance(hour / 8);
    }
    expect(kept()).toBeLessThanOrEqual(10);
  });

  it('survives a reset, and counts for each counter by itself', async () => {
    const { counter } = setUp();
    const five = counter();
    await five.add('n', 1, { once: 'a' });
    expect(await five.reset('n')).toBe(1n);
    await five.add('n', 1, { once: 'a' });
    await five.add('m', 1, { once: 'a' });
    expect(await five.read('n')).toBe(0n);
    expect(await five.read('m')).toBe(1n);
  });

  it('is refused when the shard is full, until the oldest expire', async () => {
    const { counter, clock, documents } = setUp();
    const one = counter({ shards: 1 });
    await one.add('n', 1, { once: 'first' });
    const record = documents.records.get('n/0-0');
    const shard = documents.value('n/0-0') as ShardDocument;
    const [[start, pages]] = Object.entries(shard.ids ?? {}) as [[string, string[]]];
    const ids = { [start]: [...pages, 'x'.repeat(16 * (maxIds - 1))] };
    if (record)
      documents.records.set('n/0-0', { ...record, body: JSON.stringify({ ...shard, ids }) });
    await expect(one.add('n', 1, { once: 'b' })).rejects.toMatchObject({
      code: 'COUNTER_IDS_FULL',
      counter: 'n',
      ids: 50_000,
    });
    await one.add('n', 1, { once: 'first' });
    await one.add('n', 1);
    await clock.advance(2 * hour);
    await one.add('n', 1, { once: 'b' });
    expect(await one.read('n')).toBe(3n);
  });

  it('counts once although replies are lost again and again', async () => {
    const { counter } = setUp();
    const fates = ['request lost', 'reply lost', 'done', 'reply lost', 'done'] as const;
    let writes = 0;
    const shaky = counter(
      {},
      {
        fateOf: ({ operation }) =>
          operation === 'write' ? (fates[writes++ % fates.length] ?? 'done') : 'done',
      },
    );
    for (let n = 0; n < 20; n++) {
      await shaky.add('n', 1, { once: `id ${n}` });
      await shaky.add('n', 1, { once: `id ${n}` });
    }
    expect(await counter().read('n')).toBe(20n);
  });
});

describe('shards that grow', () => {
  it('keep the value, and nobody goes back to fewer', async () => {
    const { counter, shards } = setUp();
    const two = counter({ shards: 2 });
    for (let n = 0; n < 20; n++) await two.add('n', 1);
    const five = counter({ shards: 5 });
    await five.add('n', 1);
    expect(shards()).toContain('n/0-1');
    const before = shards().length;
    await two.add('n', 1);
    await counter({ shards: 3 }).add('n', 1);
    expect(await two.read('n')).toBe(23n);
    expect(shards().every((key) => /^n\/[01]-/.test(key))).toBe(true);
    expect(shards().length - before).toBeLessThanOrEqual(2);
  });

  it('are refused, with a way out, when the document that knows of the newer ones is gone', async () => {
    const { counter, documents } = setUp();
    await counter({ shards: 1 }).add('n', 1);
    await counter({ shards: 2 }).add('n', 1);
    documents.records.delete('n/head');
    const error = await counter({ shards: 1 })
      .add('n', 1)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect((error as Error).message).toContain('Restore it');
  });

  it('count an id once although more are added while the older ones are closed', async () => {
    const { counter } = setUp();
    await counter({ shards: 3 }).add('n', 1);
    const knowsTen = counter({ shards: 10 });
    const dying = counter(
      { shards: 20 },
      {
        fateOf: ({ operation, key }) =>
          operation === 'write' && key !== 'n/head' ? new Error('the process died') : 'done',
      },
    );
    let headWrites = 0;
    const growing = counter(
      { shards: 10 },
      {
        travel: async ({ operation, key }) => {
          // Its second write of the head says that the first three shards are closed.
          if (operation !== 'write' || key !== 'n/head' || ++headWrites !== 3) return;
          await knowsTen.add('n', 1);
          await dying.add('n', 1).catch(() => {});
        },
      },
    );
    await growing.add('n', 1, { once: 'a' });
    await knowsTen.add('n', 1, { once: 'a' });
    expect(headWrites).toBeGreaterThan(3);
    expect(await counter().read('n')).toBe(3n);
  });
});

describe('resetting a sharded counter', () => {
  it('hands over what each shard held, and keeps what comes after', async () => {
    const { counter } = setUp();
    const five = counter();
    await Promise.all(Array.from({ length: 50 }, () => five.add('n', 2)));
    expect(await five.reset('n')).toBe(100n);
    await five.add('n', 1);
    expect(await five.read('n')).toBe(1n);
  });

  it('says what was taken when a shard does not answer, and the rest can be taken later', async () => {
    const { counter } = setUp();
    for (let n = 0; n < 100; n++) await counter().add('n', 1, { key: `order ${n}` });
    const failure = new ServiceRefusedError('Shaky documents', 'Ask for the right.');
    const shaky = counter(
      {},
      {
        fateOf: ({ operation, key }) =>
          operation === 'write' && key === 'n/0-3' ? failure : 'done',
      },
    );
    const error = await shaky.reset('n').catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'COUNTER_RESET_INCOMPLETE',
      counter: 'n',
      cause: failure,
      message: expect.stringMatching(/: \d+ was taken/),
    });
    const { taken } = error as { taken: bigint };
    const rest = await counter().read('n');
    expect(rest).toBeGreaterThan(0n);
    expect(taken + rest).toBe(100n);
    expect(await counter().reset('n')).toBe(rest);
  });

  it('takes once although replies are lost', async () => {
    const { counter } = setUp();
    for (let n = 0; n < 20; n++) await counter().add('n', 1);
    let writes = 0;
    const shaky = counter(
      {},
      {
        fateOf: ({ operation }) =>
          operation === 'write' && writes++ % 2 === 0 ? 'reply lost' : 'done',
      },
    );
    expect(await shaky.reset('n')).toBe(20n);
    expect(await counter().read('n')).toBe(0n);
  });

  it('takes no condition and no value but 0', async () => {
    const { counter, documents } = setUp();
    for (const options of [{ expected: 0 }, { to: 1 }, { to: 1n, expected: 1 }]) {
      await expect(counter().reset('n', options)).rejects.toMatchObject({
        code: 'COUNTER_RESET_UNSUPPORTED',
        counter: 'n',
      });
    }
    await expect(counter().reset('n', { to: 0.5 })).rejects.toMatchObject({
      code: 'COUNTER_OPTION_INVALID',
    });
    expect(await counter().reset('n', { to: 0n })).toBe(0n);
    expect(documents.records.size).toBe(0);
  });
});

describe('a call of a sharded counter', () => {
  it('without an id is unknown when nobody can tell whether it counted, and with one counts', async () => {
    for (const once of [undefined, 'a']) {
      const { counter } = setUp();
      let writes = 0;
      const shaky = counter(
        { shards: 1 },
        {
          fateOf: ({ operation, key }) =>
            operation === 'write' && key === 'n/0-0' && writes++ === 0 ? 'request lost' : 'done',
        },
      );
      const adding = shaky.add('n', 1, { once });
      if (once === undefined)
        await expect(adding).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      else await adding;
      expect(await counter().read('n')).toBe(once === undefined ? 0n : 1n);
    }
  });

  it('ends at once when it is aborted, and leaves nothing', async () => {
    const { documents, clock } = setUp();
    const away = new ServiceUnavailableError('Shaky documents', 'not-done', { retryAfter: hour });
    const store = documents.store({ fateOf: () => away });
    const counter = shardedCounter(store, { clock });
    const controller = new AbortController();
    const { signal } = controller;
    const ending = counter.add('n', 1, { signal }).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await ending).toBe(signal.reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.pending).toBe(0);
    await expect(counter.read('n', { signal })).rejects.toBe(signal.reason);
  });

  it('is refused after it was closed, and the store goes on', async () => {
    const { documents } = setUp();
    const store = documents.store();
    const counter = shardedCounter(store);
    await counter.close();
    await expect(counter.add('n', 1)).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    await expect(counter.read('n')).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    expect(await store.read('n/head')).toBeUndefined();
  });

  it.each([0, 1_001, 2.5, Number.NaN, '5' as never])('cannot have %s shards', (shards) => {
    const { counter } = setUp();
    expect(() => counter({ shards })).toThrow(
      expect.objectContaining({ code: 'COUNTER_OPTION_INVALID', option: 'shards' }),
    );
  });
});
