/**
 * How many at once? Tuned by hand, by the formula, and by itself.
 *
 * The page is docs/cookbook/how-many-at-once.md. `npm run bench -- throttle` measures the same on the office of
 * the examples, over HTTP.
 * @module
 */
import assert from 'node:assert/strict';
import { type AdaptiveLimiter, exponential, seededRandom, virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import {
  adaptive,
  connectorLimits,
  iterationsPerMinute,
  safeConcurrency,
} from '@runafter/throttle';

const clock = virtualClock({ autoAdvance: true });

/**
 * SharePoint as people have measured it: slower with every call under way, and 429 for who asks for more than two
 * calls a second for long. What it rejects costs it something, too.
 */
class SharePoint {
  readonly updates = new Map<number, number>();
  callsPerSecond = 2;
  #tokens = 40;
  #countedAt = clock.monotonic();
  #inService = 0;
  readonly #random = seededRandom(1);

  async get(id: number): Promise<number> {
    await this.#serve();
    return this.updates.get(id) ?? 0;
  }

  async update(id: number, value: number): Promise<void> {
    await this.#serve();
    this.updates.set(id, value);
  }

  async #serve(): Promise<void> {
    const now = clock.monotonic();
    const dripped = ((now - this.#countedAt) / 1_000) * this.callsPerSecond;
    this.#tokens = Math.min(40, this.#tokens + dripped);
    this.#countedAt = now;
    if (this.#tokens < 1) {
      this.#tokens -= 0.25;
      await clock.sleep('300ms');
      const retryAfter = 10_000 + this.#random() * 10_000;
      throw Object.assign(new Error('Too many requests.'), { status: 429, retryAfter });
    }
    this.#tokens -= 1;
    const congestion = 1 + 0.11 * this.#inService++;
    await clock.sleep(2_550 * congestion * (0.5 + this.#random()));
    this.#inService--;
  }
}

const minutes = (count: number): number => count * 60_000;

const retry = exponential({ count: 100, interval: '20s', maximum: '5m' });

// #region workflow
function updateItems(sharePoint: SharePoint, concurrency: number | AdaptiveLimiter) {
  return workflow('Update_Items', (flow: Flow<readonly number[]>) =>
    flow.forEach(
      'Items',
      [],
      (_, { input }) => input,
      (each) => {
        const read = each.action('Get', ({ item }) => sharePoint.get(item), { retry });
        const add = ([value]: readonly [number], { item }: { readonly item: number }) =>
          sharePoint.update(item, value + 1);
        each.action('Update', [read], add, { retry });
      },
      { concurrency, keep: 'summary' },
    ),
  );
}
// #endregion

/** How long so many updates took, and how many calls were answered with 429: attempts beyond the two of each item. */
async function measure(
  items: number,
  concurrency: number | AdaptiveLimiter,
  sharePoint = new SharePoint(),
): Promise<{ seconds: number; throttled: number }> {
  const ids = Array.from({ length: items }, (_, index) => index + 1);
  const begin = clock.monotonic();
  const { status, usage } = await start(updateItems(sharePoint, concurrency), ids, { clock })
    .finished;
  assert.equal(status, 'Succeeded');
  assert(ids.every((id) => sharePoint.updates.get(id) === 1));
  const seconds = Math.round((clock.monotonic() - begin) / 1_000);
  return { seconds, throttled: usage.attempts - 2 * items };
}

async function byHand(): Promise<void> {
  // #region by-hand
  const at50 = await measure(100, 50); // 429s in the history: fewer
  const at20 = await measure(100, 20); // still some
  const at10 = await measure(100, 10); // none: keep it

  assert(at50.throttled > 200); // more calls for nothing than there are to make
  assert(at20.throttled > 0 && at20.throttled < 50);
  assert.equal(at10.throttled, 0);
  assert(at10.seconds < at50.seconds); // 102 s and 124 s: fewer at once, and done earlier
  // #endregion
}

async function byFormula(): Promise<void> {
  // #region formula
  const concurrency = safeConcurrency({
    rate: connectorLimits.sharePoint, // 600 a minute for each connection
    callsPerIteration: 2,
    iterationTime: '5.1s', // of one item alone
  });
  assert.equal(concurrency, 12);
  assert.equal((await measure(100, concurrency)).throttled, 0);
  // #endregion
}

async function theFieldsFormula(): Promise<void> {
  // #region rate
  const perMinute = iterationsPerMinute({ limitPerMinute: 600, callsPerIteration: 2 });
  assert.equal(perMinute, 150);

  const storm = await measure(100, perMinute); // a rate, taken for a degree
  assert(storm.throttled > 500);
  // #endregion
}

async function byItself(): Promise<void> {
  // #region adaptive
  const sharePoint = adaptive({ clock });
  const job = await measure(1_000, sharePoint);

  const at10 = await measure(1_000, 10); // what was found by hand
  assert(job.seconds < 1.1 * at10.seconds);
  assert(job.throttled < 0.04 * 2_000);
  // #endregion
}

async function whenItChanges(): Promise<void> {
  // #region change
  /** After five minutes somebody else begins to use the same connection, and half of it is left. */
  const shared = () => {
    const sharePoint = new SharePoint();
    clock.setTimer(minutes(5), () => {
      sharePoint.callsPerSecond = 1;
    });
    return sharePoint;
  };
  const at10 = await measure(1_000, 10, shared());
  const job = await measure(1_000, adaptive({ clock }), shared());

  assert(at10.throttled > 500); // what was right is wrong now
  assert(job.throttled < 100);
  assert(job.seconds < at10.seconds);
  // #endregion
}

await byHand();
await byFormula();
await theFieldsFormula();
await byItself();
await whenItChanges();
