/**
 * Random programs on a fair queue, in random orders of everything that is asynchronous: no item is lost,
 * none is handed out twice, none overtakes another of its tenant, and everybody comes to an end.
 * @module
 */
import { exploreSchedule } from '@runafter/testkit';
import fc, { type Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FairQueue, fairQueue } from '../../src/index.ts';

interface Item {
  readonly tenant: string;
  readonly n: number;
}

const tenant = fc.constantFrom('a', 'b', 'c');
const programs = fc.record({
  perTenant: fc.integer({ min: 1, max: 3 }),
  /** Those who push, each one item after the other; the ones with a number abort their wait for that item. */
  pushers: fc.array(
    fc.record({ tenant, count: fc.nat(6), aborts: fc.option(fc.nat(5), { nil: -1 }) }),
    { minLength: 1, maxLength: 5 },
  ),
  streams: fc.array(fc.record({ tenant, count: fc.nat(6) }), { maxLength: 2 }),
  /** Those who take: how many items each before it gives up its next wait; undefined for all that come. */
  consumers: fc.array(fc.option(fc.nat(5), { nil: undefined }), { minLength: 1, maxLength: 4 }),
  /** Half of the consumers iterate. */
  iterating: fc.boolean(),
});

describe('a random program', () => {
  it('loses no item, hands out none twice, keeps the order of each tenant, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), programs, async (scheduler, program) => {
        const { perTenant, pushers, streams, consumers, iterating } = program;
        const queue = fairQueue<Item>({ by: ({ tenant }) => tenant, perTenant });
        const pushed: Item[] = [];
        const taken: Item[] = [];
        let n = 0;
        const pushing = [
          ...pushers.map(async ({ tenant, count, aborts }) => {
            for (let at = 0; at < count; at++) {
              await step(scheduler, `push ${tenant}`);
              const stop = new AbortController();
              const item = { tenant, n: n++ };
              const done = queue.push(item, { signal: stop.signal }).then(() => pushed.push(item));
              const given = done.catch(() => 'aborted');
              if (at === aborts) {
                await step(scheduler, 'abort push');
                stop.abort();
              }
              await given;
            }
          }),
          ...streams.map(({ tenant, count }) =>
            queue.pushAll(
              (async function* () {
                for (let at = 0; at < count; at++) {
                  await step(scheduler, `stream ${tenant}`);
                  const item = { tenant, n: n++ };
                  pushed.push(item);
                  yield item;
                }
              })(),
            ),
          ),
        ];
        const all = Promise.all(pushing).then(() => queue.end());
        // Whoever gives up leaves the rest to the last one, who takes all.
        const taking = [...consumers, undefined].map((count, at) =>
          iterating && at % 2 === 0
            ? iterate(scheduler, queue, taken, count)
            : take(scheduler, queue, taken, count),
        );
        await exploreSchedule(scheduler, {
          atRest: () => {
            for (const { queued, waiting } of queue.tenants()) {
              expect(queued).toBeGreaterThan(0);
              expect(queued).toBeLessThanOrEqual(perTenant);
              if (waiting > 0) expect(queued).toBe(perTenant);
            }
          },
        });
        await Promise.all([all, ...taking]);

        expect(taken.map(({ n }) => n).toSorted(ascending)).toEqual(
          pushed.map(({ n }) => n).toSorted(ascending),
        );
        expect([queue.size, queue.tenants()]).toEqual([0, []]);
      }),
      { numRuns: 300 },
    );
  });

  it('hands out the items of a tenant in the order of their pushes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(tenant, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (scheduler, tenants, perTenant) => {
          const queue = fairQueue<Item>({ by: ({ tenant }) => tenant, perTenant });
          const taken: Item[] = [];
          const pushes = tenants.map((tenant, n) => queue.push({ tenant, n }));
          void Promise.all(pushes).then(() => queue.end());
          const taking = [1, 2].map(() => take(scheduler, queue, taken));
          await exploreSchedule(scheduler);
          await Promise.all(taking);

          for (const tenant of ['a', 'b', 'c']) {
            const own = taken.filter((item) => item.tenant === tenant).map(({ n }) => n);
            expect(own).toEqual(own.toSorted(ascending));
          }
          expect(taken).toHaveLength(tenants.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});

async function step(scheduler: Scheduler, what: string): Promise<void> {
  await scheduler.schedule(Promise.resolve(), what);
}

/** Takes so many items, and then aborts its wait for the next one at some moment. */
async function take(
  scheduler: Scheduler,
  queue: FairQueue<Item>,
  taken: Item[],
  count = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let at = 0; ; at++) {
    await step(scheduler, 'next');
    const stop = new AbortController();
    const next = queue.next({ signal: stop.signal }).then(
      ({ done, value }) => {
        if (value !== undefined) taken.push(value);
        return done === true;
      },
      () => true,
    );
    if (at >= count) {
      await step(scheduler, 'abort next');
      stop.abort();
      await next;
      return;
    }
    if (await next) return;
  }
}

/** The same by iteration. */
async function iterate(
  scheduler: Scheduler,
  queue: FairQueue<Item>,
  taken: Item[],
  count = Number.POSITIVE_INFINITY,
): Promise<void> {
  const items = queue[Symbol.asyncIterator]();
  for (let at = 0; ; at++) {
    await step(scheduler, 'next');
    const next = items.next().then(({ done, value }) => {
      if (value !== undefined) taken.push(value);
      return done === true;
    });
    if (at >= count) {
      await step(scheduler, 'leave');
      await items.return?.();
      await next;
      return;
    }
    if (await next) return;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
