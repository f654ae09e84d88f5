/**
 * In which order a fair queue hands out items, and who waits for what.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { boundedMap, start, workflow } from '@runafter/core';
import { ServiceClosedError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import {
  type FairQueue,
  FairQueueOptionError,
  type FairQueueOptions,
  fairQueue,
} from '../../src/index.ts';

/** `a1` is of tenant a; what stands behind the colon is what it costs. */
const by = (item: string): string => item[0] as string;
const cost = (item: string): number => Number(item.split(':')[1] ?? 1);

function queueOf(items: string, options: Partial<FairQueueOptions<string>> = {}) {
  const queue = fairQueue<string>({ by, cost, ...options });
  for (const item of items.split(' ')) expect(queue.tryPush(item)).toBe(true);
  return queue;
}

async function drain(queue: FairQueue<string>): Promise<string> {
  queue.end();
  const items: string[] = [];
  for await (const item of queue) items.push(item);
  return items.join(' ');
}

describe('the order in which a fair queue hands out items', () => {
  it.each<[string, string, string, Partial<FairQueueOptions<string>>?]>([
    [
      'is by turns between tenants, and in order within one',
      'a1 a2 a3 b1 b2 c1',
      'a1 b1 c1 a2 b2 a3',
    ],
    ['is that of the pushes where there is one tenant', 'a1 a2 a3', 'a1 a2 a3'],
    [
      'gives a tenant of twice the weight two items in each round',
      'a1 a2 a3 b1 b2 b3 b4',
      'a1 b1 b2 a2 b3 b4 a3',
      { weight: (tenant) => (tenant === 'b' ? 2 : 1) },
    ],
    [
      'gives a tenant of a quarter of the weight an item in every fourth round',
      'a1 a2 a3 a4 a5 b1 b2',
      'a1 a2 a3 b1 a4 a5 b2',
      { weight: (tenant) => (tenant === 'b' ? 0.25 : 1) },
    ],
    [
      'lets an item wait until its tenant has earned what it costs',
      'a1:3 a2 b1 b2 b3 b4',
      'b1 b2 a1:3 b3 a2 b4',
    ],
    [
      'keeps what was earned and not spent',
      'a1:1.5 a2:0.5 a3:1 b1 b2 b3',
      'b1 a1:1.5 a2:0.5 b2 a3:1 b3',
    ],
    [
      'skips rounds in which nobody can pay',
      'a1:1000000 b1:1000001 a2 b2',
      'a1:1000000 b1:1000001 a2 b2',
    ],
    [
      'comes out even with fractions',
      'b1 b2 b3 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11',
      'c1 c2 c3 b1 c4 c5 c6 b2 c7 c8 c9 b3 c10 c11',
      { weight: (tenant) => (tenant === 'b' ? 0.3 : 1) },
    ],
  ])('%s', async (_, pushed, taken, options) => {
    expect(await drain(queueOf(pushed, options))).toBe(taken);
  });

  it('lets a tenant in behind those who are there, however much they have queued', async () => {
    const queue = queueOf('a1 a2 a3 a4 b1 b2');
    await queue.next();
    queue.tryPush('c1');

    expect(await drain(queue)).toBe('b1 a2 c1 b2 a3 a4');
  });

  it('forgets a tenant of which nothing is queued, with what it has earned', async () => {
    const queue = queueOf('a1:1.5 b1');
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual(['b1', 'a1:1.5']);
    expect(queue.tenants()).toEqual([]);

    for (const item of ['a2:1.5', 'b2', 'b3']) queue.tryPush(item);
    expect(await drain(queue)).toBe('b2 a2:1.5 b3');
  });

  it('tells two tenants apart as a Map does', async () => {
    const [one, other] = [{}, {}];
    const queue = fairQueue<readonly [object, number], object>({ by: ([tenant]) => tenant });
    for (const item of [
      [one, 1],
      [one, 2],
      [other, 3],
    ] as const)
      queue.tryPush(item);

    expect(queue.close().map(([, n]) => n)).toEqual([1, 3, 2]);
  });
});

describe('a push', () => {
  it('waits while the queue of its tenant is full, and no other tenant waits', async () => {
    const queue = queueOf('a1 a2', { perTenant: 2 });
    const events: string[] = [];
    for (const item of ['a3', 'a4']) void queue.push(item).then(() => events.push(item));
    expect([queue.tryPush('a5'), queue.tryPush('b1')]).toEqual([false, true]);
    await queue.push('b2');
    expect(events).toEqual([]);
    expect(queue.size).toBe(4);
    expect(queue.tenants()).toEqual([
      { tenant: 'a', weight: 1, queued: 2, waiting: 2 },
      { tenant: 'b', weight: 1, queued: 2, waiting: 0 },
    ]);

    expect((await queue.next()).value).toBe('a1');
    await Promise.resolve();
    expect(events).toEqual(['a3']);
    expect(await drain(queue)).toBe('b1 a2 b2 a3 a4');
    expect(events).toEqual(['a3', 'a4']);
  });

  it('that is aborted puts nothing in, and those behind it move up', async () => {
    const queue = queueOf('a1', { perTenant: 1 });
    const { signal, ...abort } = controller();
    const given = queue.push('a2', { signal });
    const behind = queue.push('a3');
    abort.now();
    await expect(given).rejects.toThrow('Enough.');
    await expect(queue.push('b1', { signal })).rejects.toThrow('Enough.');

    await queue.next();
    await behind;
    expect(await drain(queue)).toBe('a3');
  });

  it('that was let in is in, also when its signal is aborted in the same turn', async () => {
    const queue = queueOf('a1', { perTenant: 1 });
    const { signal, ...abort } = controller();
    const pushed = queue.push('a2', { signal });
    const taken = queue.next();
    abort.now();

    await pushed;
    expect((await taken).value).toBe('a1');
    expect(await drain(queue)).toBe('a2');
  });

  it('after the end is refused; those that waited before come in', async () => {
    const queue = queueOf('a1', { perTenant: 1 });
    const waiting = queue.push('a2');
    queue.end();
    await expect(queue.push('b1')).rejects.toBeInstanceOf(ServiceClosedError);
    expect(() => queue.tryPush('b1')).toThrow(ServiceClosedError);

    expect(await drain(queue)).toBe('a1 a2');
    await waiting;
  });
});

describe('a consumer', () => {
  it('waits for the next item, in the order of the calls', async () => {
    const queue = fairQueue<string>({ by });
    const taken = [queue.next(), queue.next()];
    await queue.push('a1');
    await queue.push('b1');

    expect((await Promise.all(taken)).map(({ value }) => value)).toEqual(['a1', 'b1']);
    expect([queue.size, queue.tenants()]).toEqual([0, []]);
  });

  it('that gives up its wait leaves the item to the next one', async () => {
    const queue = fairQueue<string>({ by });
    const { signal, ...abort } = controller();
    const first = queue.next({ signal });
    const second = queue.next();
    abort.now();
    queue.tryPush('a1');

    await expect(first).rejects.toThrow('Enough.');
    await expect(queue.next({ signal })).rejects.toThrow('Enough.');
    expect((await second).value).toBe('a1');
  });

  it('that was handed an item has it, also when its signal is aborted in the same turn', async () => {
    const queue = fairQueue<string>({ by });
    const { signal, ...abort } = controller();
    const first = queue.next({ signal });
    queue.tryPush('a1');
    abort.now();

    expect((await first).value).toBe('a1');
  });

  it('that leaves its loop leaves the queue to the others, also while it waits', async () => {
    const queue = queueOf('a1 a2');
    for await (const item of queue) {
      expect(item).toBe('a1');
      break;
    }
    const waiting = queue[Symbol.asyncIterator]();
    expect(await waiting.next()).toEqual({ done: false, value: 'a2' });
    const wait = waiting.next();
    await waiting.return?.();
    queue.tryPush('a3');

    expect(await wait).toEqual({ done: true, value: undefined });
    expect(await waiting.next()).toEqual({ done: true, value: undefined });
    expect(await drain(queue)).toBe('a3');
  });

  it('is done when the queue has ended, at once where it waits', async () => {
    const queue = fairQueue<string>({ by });
    const waits = [queue.next(), queue[Symbol.asyncIterator]().next()];
    queue.end();

    expect(await Promise.all(waits)).toEqual(Array(2).fill({ done: true, value: undefined }));
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });
});

describe('closing', () => {
  it('sends away who waits, and gives back what was queued', async () => {
    const queue = queueOf('a1 a2 b1', { perTenant: 2 });
    const pushed = queue.push('a3');
    expect(queue.close()).toEqual(['a1', 'b1', 'a2']);

    await expect(pushed).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect([queue.size, queue.tenants(), queue.close()]).toEqual([0, [], []]);
  });

  it('happens at the end of a block, too', async () => {
    let wait: Promise<unknown>;
    {
      using queue = fairQueue<string>({ by });
      wait = queue.next();
    }

    expect(await wait).toEqual({ done: true, value: undefined });
  });
});

describe('a loop that is told to stop', () => {
  it('drops one item at most that it had not begun, whenever that is', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const queue = queueOf(Array.from({ length: 20 }, (_, n) => `a${n}`).join(' '));
      const begun: string[] = [];
      const flow = workflow('Drain', (flow) =>
        flow.forEach(
          'Items',
          [],
          () => queue,
          (each) => {
            each.action('Take', ({ item }) => begun.push(item));
          },
          { concurrency: 3, keep: 'summary' },
        ),
      );
      const run = start(flow, undefined);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      run.cancel();
      await run.finished;

      const dropped = 20 - begun.length - queue.close().length;
      expect(dropped, `stopped after ${turns} turns`).toBeLessThanOrEqual(1);
    }
  });
});

describe('pushAll', () => {
  it('takes an async source whose promises are not those of the language', async () => {
    const queue = fairQueue<string>({ by });
    const left = ['a1', 'a2'];
    const next = () => {
      const value = left.shift();
      const result = value === undefined ? { done: true, value } : { done: false, value };
      const given = Promise.resolve(result);
      return { then: given.then.bind(given) };
    };
    const source = { [Symbol.asyncIterator]: () => ({ next }) } as unknown as AsyncIterable<string>;

    expect(await queue.pushAll(source)).toBe(2);
    expect(await drain(queue)).toBe('a1 a2');
  });

  it.each<[string, (items: string[]) => Iterable<string> | AsyncIterable<string>]>([
    ['an array', (items) => items],
    ['a generator', (items) => items.values()],
    ['a stream', (items) => streamOf(items)],
  ])('reads %s no further than the queue has room', async (_, sourceOf) => {
    const queue = fairQueue<string>({ by, perTenant: 2 });
    let pulled = 0;
    const items = ['a1', 'a2', 'a3', 'a4', 'a5'];
    const source = sourceOf(items);
    const all = queue.pushAll(counted(source, () => pulled++));
    await settle();
    expect([queue.size, pulled]).toEqual([2, 3]);
    await queue.next();
    await settle();
    expect([queue.size, pulled]).toEqual([2, 4]);

    const drained = boundedMap(queue, { concurrency: 2 }, (item) => item);
    expect(await all).toBe(5);
    queue.end();
    expect(await drained).toEqual(['a2', 'a3', 'a4', 'a5']);
  });

  it('ends with what the source throws, and keeps what it has put in', async () => {
    const queue = fairQueue<string>({ by });
    async function* broken() {
      yield 'a1';
      throw new Error('The file is cut off.');
    }

    await expect(queue.pushAll(broken())).rejects.toThrow('The file is cut off.');
    expect(await drain(queue)).toBe('a1');
  });

  it.each<[string, (queue: FairQueue<string>, abort: () => void) => void, string]>([
    ['its signal is aborted', (_, abort) => abort(), 'Enough.'],
    ['the queue is closed', (queue) => queue.close(), 'closed'],
  ])('ends, and closes the source, when %s', async (_, stop, message) => {
    const queue = fairQueue<string>({ by, perTenant: 1 });
    let closed = 0;
    const { signal, now } = controller();
    function* endless() {
      try {
        for (;;) yield 'a';
      } finally {
        closed++;
      }
    }
    const all = queue.pushAll(endless(), { signal });
    await settle();
    stop(queue, now);

    await expect(all).rejects.toThrow(message);
    expect(closed).toBe(1);
  });

  it('can be aborted while the source does not answer', async () => {
    const queue = fairQueue<string>({ by });
    const { signal, now } = controller();
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const all = queue.pushAll(silent, { signal });
    now();

    await expect(all).rejects.toThrow('Enough.');
  });
});

describe('a loop of a workflow over a fair queue', () => {
  it('serves the tenants by turns, and ends with the queue', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const queue = fairQueue<string>({ by, perTenant: 10 });
    const served: string[] = [];
    const flow = workflow('Leads', (flow) =>
      flow.forEach(
        'Leads',
        [],
        () => queue,
        (each) =>
          each.action('Register', async ({ item }) => {
            await clock.sleep('1s');
            served.push(item);
          }),
        { concurrency: 2, keep: 'summary' },
      ),
    );
    const many = queue.pushAll(Array.from({ length: 1_000 }, () => 'a'));
    const few = queue.pushAll(['b', 'b', 'b']);
    void Promise.all([many, few]).then(() => queue.end());
    const { outputs } = (await start(flow, undefined, { clock }).finished) as {
      outputs: { total: number };
    };

    expect(outputs.total).toBe(1_003);
    expect(served.lastIndexOf('b')).toBeLessThan(8);
  });
});

describe('what a fair queue cannot use', () => {
  it.each<[string, object, string[]]>([
    ['no function that tells tenants', {}, ['by is undefined', 'function']],
    ['a weight that is no function', { by, weight: 2 }, ['weight is 2']],
    ['a cost that is no function', { by, cost: {} }, ['cost is an object']],
    ['room for nothing', { by, perTenant: 0, name: 'Leads' }, ['"Leads"', 'perTenant is 0']],
  ])('is refused when it is made: %s', (_, options, names) => {
    const make = () => fairQueue(options as FairQueueOptions<string>);
    expect(make).toThrow(FairQueueOptionError);
    for (const name of names) expect(make).toThrow(name);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1'])(
    'is refused at the push: a weight or a cost of %s',
    async (amount) => {
      const wrong = () => amount as number;
      const costly = fairQueue<string>({ by, cost: wrong });
      const heavy = fairQueue<string>({ by, weight: wrong });
      for (const queue of [costly, heavy]) {
        await expect(queue.push('a1')).rejects.toMatchObject({ code: 'FAIR_QUEUE_OPTION_INVALID' });
        expect(() => queue.tryPush('a1')).toThrow(FairQueueOptionError);
        expect([queue.size, queue.tenants()]).toEqual([0, []]);
      }
    },
  );
});

function controller() {
  const abort = new AbortController();
  return { signal: abort.signal, now: () => abort.abort(new Error('Enough.')) };
}

async function* streamOf(items: readonly string[]) {
  yield* items;
}

/** The same source, of the same kind, that tells of each item. */
function counted(
  source: Iterable<string> | AsyncIterable<string>,
  onItem: () => void,
): Iterable<string> | AsyncIterable<string> {
  if (Symbol.asyncIterator in source) {
    return (async function* () {
      for await (const item of source) {
        onItem();
        yield item;
      }
    })();
  }
  return (function* () {
    for (const item of source) {
      onItem();
      yield item;
    }
  })();
}

/** Lets all promise chains run to their end. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
