/**
 * Obey Retry-After: a service that says 429 says when to come back, and who comes earlier makes it worse.
 *
 * The page is docs/cookbook/obey-retry-after.md.
 * @module
 */
import assert from 'node:assert/strict';
import { isThrottled, retryAfterOf, seededRandom, virtualClock } from '@runafter/clock';
import { boundedMap, type Flow, start, workflow } from '@runafter/core';
import { adaptive, limiter, retry, throttledFetch, transientRetry } from '@runafter/throttle';
import { ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';

const clock = virtualClock({ autoAdvance: true });
const minutes = (count: number): number => count * 60_000;
const url = 'https://contoso.example/reports';

/**
 * A service that takes two calls a second, and up to 40 at once after a quiet time. To reject a call costs it a
 * quarter of what answering one does: so a crowd of rejected calls leaves nothing for the others.
 */
class Service {
  calls = 0;
  answers = 0;
  #tokens = 40;
  #countedAt = clock.monotonic();
  readonly #random = seededRandom(1);

  readonly fetch = async (): Promise<Response> => {
    this.calls++;
    const now = clock.monotonic();
    this.#tokens = Math.min(40, this.#tokens + ((now - this.#countedAt) / 1_000) * 2);
    this.#countedAt = now;
    if (this.#tokens < 1) {
      this.#tokens -= 0.25;
      await clock.sleep('300ms');
      const seconds = Math.round(10 + 10 * this.#random());
      return new Response(null, { status: 429, headers: { 'Retry-After': `${seconds}` } });
    }
    this.#tokens -= 1;
    this.answers++;
    await clock.sleep('2s');
    return Response.json({ status: 'Complete' });
  };
}

const reports = Array.from({ length: 200 }, (_, index) => index + 1);

/** Gets all the reports, twenty at once; gives the seconds that it took. */
async function getAll(get: (report: number) => Promise<unknown>): Promise<number> {
  const begin = clock.monotonic();
  await boundedMap(reports, { concurrency: 20 }, get);
  return (clock.monotonic() - begin) / 1_000;
}

async function stubbornly(): Promise<void> {
  const service = new Service();
  // #region bug
  const giveUpAt = clock.now() + minutes(10);
  await getAll(async () => {
    for (;;) {
      const response = await service.fetch();
      if (response.status !== 429 || clock.now() > giveUpAt) return response; // else again, at once
    }
  });
  assert(service.calls > 30_000);
  assert(service.answers < 60); // of 200, after ten minutes
  // #endregion
}

async function aSecondLater(): Promise<void> {
  const service = new Service();
  // #region second
  const giveUpAt = clock.now() + minutes(10);
  await getAll(async () => {
    for (;;) {
      const response = await service.fetch();
      if (response.status !== 429 || clock.now() > giveUpAt) return response;
      await clock.sleep('1s');
    }
  });
  assert(service.calls > 5_000);
  assert(service.answers < 60);
  // #endregion
}

async function obediently(): Promise<void> {
  const service = new Service();
  // #region fix
  const seconds = await getAll(() => retry(() => service.fetch(), transientRetry, { clock }));

  assert.equal(service.answers, 200);
  assert(service.calls < 350); // and not 30,000
  assert(seconds < 120);
  // #endregion
}

async function beforehand(): Promise<void> {
  const service = new Service();
  // #region limiter
  const twoASecond = limiter({
    rate: { calls: 2, per: '1s', model: 'token-bucket', burst: 40 },
    clock,
  });
  const get = throttledFetch({ limiter: twoASecond, fetch: service.fetch, clock });

  const seconds = await getAll(() => get(url));
  assert.equal(service.calls, 200); // nothing was rejected
  assert(seconds < 90);
  // #endregion
}

async function learning(): Promise<void> {
  const service = new Service();
  // #region adaptive
  const get = throttledFetch({ limiter: adaptive({ clock }), fetch: service.fetch, clock });

  await getAll(() => get(url));
  assert.equal(service.answers, 200);
  assert(service.calls < 250);
  // #endregion
}

async function inAWorkflow(): Promise<void> {
  const service = new Service();
  // #region action
  const getReports = workflow('Get_Reports', (flow: Flow<readonly number[]>) =>
    flow.forEach(
      'Reports',
      [],
      (_, { input }) => input,
      (each) => {
        const get = async () => {
          const response = await service.fetch();
          if (response.ok) return response.json();
          const { status, headers } = response; // what the policy decides by
          throw Object.assign(new Error(`The report cannot be had (${status}).`), {
            status,
            headers,
          });
        };
        each.action('Get', get, { retry: transientRetry });
      },
      { concurrency: 20, keep: 'summary' },
    ),
  );
  const result = await start(getReports, reports, { clock }).finished;
  assert.equal(result.status, 'Succeeded');
  assert(result.usage.attempts < 350);
  // #endregion
}

async function withACircuitBreaker(): Promise<void> {
  const down = {
    calls: 0,
    async get(): Promise<never> {
      this.calls++;
      await clock.sleep('2s');
      throw Object.assign(new Error('Bad gateway.'), { status: 502 });
    },
  };
  // #region breaker
  const breaker = circuitBreaker(
    handleWhen((error) => !isThrottled(error)), // who throttles is not down
    { halfOpenAfter: minutes(1), breaker: new ConsecutiveBreaker(5) },
  );
  const get = () => retry(() => breaker.execute(() => down.get()), transientRetry, { clock });

  const failures = await boundedMap(reports, { concurrency: 20 }, () =>
    get().catch((error: unknown) => error),
  );
  assert.equal(failures.length, 200);
  assert(failures.every(isBrokenCircuitError)); // which is not tried again
  assert.equal(down.calls, 20); // those that were under way when it opened; without it, 1,200
  // #endregion
}

async function whatIsUnderstood(): Promise<void> {
  const clock = virtualClock();
  // #region headers
  const inTwoMinutes = new Date(clock.now() + minutes(2)).toUTCString();
  for (const headers of [
    { 'Retry-After': '120' },
    { 'Retry-After': inTwoMinutes },
    { 'x-ms-retry-after-ms': '120000' },
  ]) {
    const response = new Response(null, { status: 429, headers });
    assert.equal(retryAfterOf(response, clock), minutes(2));
  }
  // #endregion
}

async function toldToStop(): Promise<void> {
  const throttled = async () =>
    new Response(null, { status: 429, headers: { 'Retry-After': '600' } });
  const begin = clock.monotonic();
  // #region stop
  const controller = new AbortController();
  const { signal } = controller;
  clock.setTimer(3_000, () => controller.abort(new Error('The server is going down.')));

  const waiting = retry(throttled, transientRetry, { clock, signal });
  await assert.rejects(waiting, { message: 'The server is going down.' }); // after 3 s, not 600
  // #endregion
  assert.equal(clock.monotonic() - begin, 3_000);
}

await stubbornly();
await aSecondLater();
await obediently();
await beforehand();
await learning();
await inAWorkflow();
await withACircuitBreaker();
await whatIsUnderstood();
await toldToStop();
