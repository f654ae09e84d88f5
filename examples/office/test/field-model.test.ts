import { seededRandom, virtualClock } from '@runafter/clock';
import { expect, test } from 'vitest';
import type { Call } from '../src/call.ts';
import { Faults } from '../src/faults.ts';
import { sharepointUnderLoad } from '../src/index.ts';
import { ServiceHost } from '../src/service-host.ts';
import { SharePoint } from '../src/sharepoint.ts';
import { Store } from '../src/store.ts';

const get: Call = {
  service: 'sharepoint',
  method: 'GET',
  path: "/_api/web/lists/getbytitle('Reports')/items(1)",
  query: new URLSearchParams(),
  headers: {},
  body: '',
  connection: 'reports',
  idempotencyKey: undefined,
  root: '',
};
const update: Call = { ...get, method: 'MERGE', headers: { 'if-match': '*' }, body: '{}' };

/** Seconds and the share of rejected calls for 100 items, each one Get and one Update, in virtual time. */
async function hundredUpdates(atOnce: number, seed: number) {
  const clock = virtualClock({ autoAdvance: true });
  const store = new Store(':memory:');
  store.create('list', 'Reports', { columns: ['Title'], rows: [{ Title: 'North' }] });
  const host = new ServiceHost({
    name: 'sharepoint',
    service: new SharePoint(store),
    options: sharepointUnderLoad,
    faults: new Faults(seed),
    ...{ store, clock, seed, speed: 1 },
  });
  const { signal } = new AbortController();
  const jitter = seededRandom(seed);
  let left = 100;
  const untilServed = async (call: Call): Promise<void> => {
    for (;;) {
      const reply = await host.serve(call, signal);
      if (typeof reply === 'symbol' || reply.status !== 429) return;
      // Workers do not all come back in the same millisecond.
      await clock.sleep(Number(reply.headers?.['Retry-After']) * 1000 + jitter() * 500);
    }
  };
  const worker = async () => {
    while (left-- > 0) {
      await untilServed(get);
      await untilServed(update);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  store.close();
  const { calls, throttled } = host.stats();
  return { seconds: clock.monotonic() / 1000, throttled: throttled / calls };
}

test.each([
  [1, 480, 600],
  [5, 120, 180],
  [10, 90, 120],
  [20, 75, 120],
  [50, 90, 150],
])(
  'SharePoint under load: 100 updates %i at once take %i to %i s, as in the field',
  async (atOnce, atLeast, atMost) => {
    for (const seed of [1, 2, 3]) {
      const { seconds } = await hundredUpdates(atOnce, seed);
      expect(seconds).toBeGreaterThan(atLeast);
      expect(seconds).toBeLessThan(atMost);
    }
  },
);

test('SharePoint under load: 50 at once are slower than 20, because half of the calls are rejected', async () => {
  const [twenty, fifty] = [await hundredUpdates(20, 1), await hundredUpdates(50, 1)];
  expect(fifty.seconds).toBeGreaterThan(twenty.seconds);
  expect(fifty.throttled).toBeGreaterThan(0.4);
  expect(twenty.throttled).toBeLessThan(0.25);
});
