/** A fetch that keeps to a limiter and tries again: what is sent, when, and how often. */
import {
  concurrencyLimiter,
  fixed,
  isThrottled,
  type Limiter,
  noRetry,
  type Permit,
  virtualClock,
} from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { limiter, throttledFetch } from '../src/index.ts';

const url = 'https://crm.example/api/leads';
const everySecond = fixed({ count: 3, interval: '1s' });
const refused = fetchFailed('ECONNREFUSED');
const reset = fetchFailed('ECONNRESET');

describe('throttledFetch', () => {
  it('is a fetch: it hands over what it gets, and what comes back', async () => {
    const { fetch, calls } = answering([200]);
    const init = { method: 'POST', body: 'a', headers: { 'x-a': '1' } };
    const response = await throttledFetch({ fetch, clock: virtualClock() })(url, init);
    expect(await response.text()).toBe('answer 1');
    expect(calls).toEqual([{ input: url, init }]);
  });

  it('uses the global fetch of the time of the call', async ({ onTestFinished }) => {
    const call = throttledFetch({ retry: noRetry });
    const { fetch } = globalThis;
    onTestFinished(() => {
      globalThis.fetch = fetch;
    });
    globalThis.fetch = answering([204]).fetch;
    expect((await call(url)).status).toBe(204);
  });

  it('refuses a policy that makes no sense when it is made', () => {
    const retry = { type: 'fixed', count: 1, interval: '1x' } as never;
    expect(() => throttledFetch({ retry })).toThrow(
      expect.objectContaining({ code: 'RETRY_POLICY_INVALID' }),
    );
  });

  it('waits as long as Retry-After says, and tells onRetry', async () => {
    const clock = virtualClock();
    const { fetch, calls } = answering([429, 200], { 'retry-after': '30' });
    const waits: number[] = [];
    const call = throttledFetch({ fetch, clock, onRetry: ({ wait }) => void waits.push(wait) });
    const done = call(url);
    await clock.advance(29_999);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect((await done).status).toBe(200);
    expect(waits).toEqual([30_000]);
  });

  it('hands over the last response when the retries are used up, and throws the last error', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const answers = answering([503, 503]);
    const retry = fixed({ count: 1, interval: '1s' });
    const response = await throttledFetch({ fetch: answers.fetch, clock, retry })(url);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('answer 2');
    const { fetch } = answering([reset, reset]);
    await expect(throttledFetch({ fetch, clock, retry })(url)).rejects.toBe(reset);
  });

  describe('sends again', () => {
    it.each<[what: string, init: RequestInit | undefined, failure: number | Error]>([
      ['a GET after a 500', undefined, 500],
      ['a GET after a lost connection', undefined, reset],
      ['a HEAD after a 502', { method: 'HEAD' }, 502],
      ['a PUT after a lost connection', { method: 'put', body: 'a' }, reset],
      ['a DELETE after a 504', { method: 'DELETE' }, 504],
      ['a POST after a 429', { method: 'POST', body: 'a' }, 429],
      ['a POST that got no connection', { method: 'POST', body: 'a', redirect: 'error' }, refused],
      [
        'a POST that no address of a host took',
        { method: 'POST', redirect: 'manual' },
        noAddress(),
      ],
      [
        'a PATCH that found no host',
        { method: 'PATCH', redirect: 'error' },
        fetchFailed('ENOTFOUND'),
      ],
      [
        'a POST with an Idempotency-Key after a lost connection',
        { method: 'POST', headers: { 'idempotency-key': 'k1' } },
        reset,
      ],
      [
        'a POST with an Idempotency-Key after a 500',
        { method: 'POST', headers: [['Idempotency-Key', 'k1']] },
        500,
      ],
    ])('%s', async (_, init, failure) => {
      expect(await timesSent(init, failure)).toBe(2);
    });

    it('a POST after a 503 that says when to come back', async () => {
      const clock = virtualClock({ autoAdvance: true });
      const { fetch, calls } = answering([503, 200], { 'retry-after': '1' });
      await throttledFetch({ fetch, clock, retry: everySecond })(url, { method: 'POST' });
      expect(calls).toHaveLength(2);
    });
  });

  describe('does not send again', () => {
    it.each<[what: string, init: RequestInit | undefined, failure: number | Error]>([
      ['a POST after a 500', { method: 'POST', body: 'a' }, 500],
      ['a POST after a 503 alone', { method: 'POST', body: 'a' }, 503],
      ['a POST after a 408', { method: 'POST', body: 'a' }, 408],
      ['a PATCH after a lost connection', { method: 'PATCH', body: 'a' }, reset],
      ['a POST after a route that was lost', { method: 'POST' }, fetchFailed('EHOSTUNREACH')],
      ['a POST whose answer timed out', { method: 'POST' }, fetchFailed('UND_ERR_HEADERS_TIMEOUT')],
      ['a POST that may have got no connection after a redirect', { method: 'POST' }, refused],
      ['a GET that was wrong', undefined, 400],
      ['a stream after a 429', streamed('PUT'), 429],
      [
        'a stream that got no connection',
        { ...streamed('POST'), redirect: 'error' } satisfies RequestInit,
        refused,
      ],
      ['an async iterable after a 503', { method: 'PUT', body: chunks() as never }, 503],
    ])('%s', async (_, init, failure) => {
      expect(await timesSent(init, failure)).toBe(1);
    });

    it('anything, with noRetry', async () => {
      const { fetch, calls } = answering([503, 200]);
      expect((await throttledFetch({ fetch, retry: noRetry })(url)).status).toBe(503);
      expect(calls).toHaveLength(1);
    });

    it('what the policy does not take', async () => {
      const { fetch, calls } = answering([503, 200]);
      const retry = fixed({ count: 3, interval: '1s', when: isThrottled });
      await throttledFetch({ fetch, retry, clock: virtualClock() })(url);
      expect(calls).toHaveLength(1);
    });
  });

  it.each([
    ['a text', 'abc'],
    ['bytes', new TextEncoder().encode('abc')],
    ['a Blob', new Blob(['abc'])],
    ['parameters', new URLSearchParams({ abc: '' })],
  ])('sends the whole body again: %s', async (_, body) => {
    const { fetch, bodies } = reading([503, 200]);
    const clock = virtualClock({ autoAdvance: true });
    await throttledFetch({ fetch, clock, retry: everySecond })(url, { method: 'PUT', body });
    expect(bodies.map((text) => text.replace('=', ''))).toEqual(['abc', 'abc']);
  });

  describe('given a Request', () => {
    it('sends its body each time, and it is used up afterwards, as with fetch', async () => {
      const { fetch, bodies } = reading([503, 429, 200]);
      const clock = virtualClock({ autoAdvance: true });
      const request = new Request(url, { method: 'PUT', body: 'abc' });
      const response = await throttledFetch({ fetch, clock, retry: everySecond })(request);
      expect(response.status).toBe(200);
      expect(bodies).toEqual(['abc', 'abc', 'abc']);
      expect(request.bodyUsed).toBe(true);
    });

    it('goes by its method and its headers', async () => {
      expect(await timesSent(undefined, 500, new Request(url, { method: 'POST' }))).toBe(1);
      const headers = { 'idempotency-key': 'k1' };
      expect(await timesSent(undefined, 500, new Request(url, { method: 'POST', headers }))).toBe(
        2,
      );
      expect(await timesSent({ method: 'PUT' }, 500, new Request(url, { method: 'POST' }))).toBe(2);
      expect(
        await timesSent({ headers: {} }, 500, new Request(url, { method: 'POST', headers })),
      ).toBe(1);
    });

    it('sends the body of init instead, if there is one', async () => {
      const { fetch, bodies } = reading([503, 200]);
      const clock = virtualClock({ autoAdvance: true });
      const request = new Request(url, { method: 'PUT', body: 'abc' });
      await throttledFetch({ fetch, clock, retry: everySecond })(request, { body: 'new' });
      expect(bodies).toEqual(['new', 'new']);
      expect(await request.text()).toBe('abc');
    });

    it('hands it over itself where nothing is tried again, so that its body is not kept', async () => {
      const { fetch, calls } = answering([503]);
      const request = new Request(url, { method: 'PUT', body: 'abc' });
      await throttledFetch({ fetch, retry: noRetry })(request);
      expect(calls).toEqual([{ input: request, init: undefined }]);
      expect((calls[0] as { input: unknown }).input).toBe(request);
    });

    it('whose body was used already, fails as fetch does', async () => {
      const request = new Request(url, { method: 'PUT', body: 'abc' });
      await request.text();
      const clock = virtualClock();
      await expect(throttledFetch({ clock })(request)).rejects.toBeInstanceOf(TypeError);
    });

    it('obeys its signal, unless init says null', async () => {
      const controller = new AbortController();
      const request = new Request(url, { signal: controller.signal });
      const clock = virtualClock();
      const call = throttledFetch({
        fetch: answering([503, 200]).fetch,
        clock,
        retry: everySecond,
      });
      const ended = expect(call(request)).rejects.toBe('stop');
      await clock.advance(0);
      controller.abort('stop');
      await ended;
      const again = throttledFetch({
        fetch: answering([503, 200]).fetch,
        clock,
        retry: everySecond,
      });
      const done = again(request, { signal: null });
      await clock.advance('1s');
      expect((await done).status).toBe(200);
    });
  });

  describe('with a limiter', () => {
    it('holds a permit until the headers are there, and none while it waits', async () => {
      const clock = virtualClock();
      const one = concurrencyLimiter(1);
      const held: boolean[] = [];
      const fetch = async () => {
        held.push((await one.tryAcquire()) === undefined);
        return new Response('body', { status: held.length === 1 ? 503 : 200 });
      };
      const done = throttledFetch({ limiter: one, fetch, clock, retry: everySecond })(url);
      await clock.advance(999);
      (await one.tryAcquire())?.release();
      expect(held).toEqual([true]);
      await clock.advance(1);
      const response = await done;
      expect(held).toEqual([true, true]);
      expect(await one.tryAcquire()).toBeDefined();
      expect(response.bodyUsed).toBe(false);
    });

    it('releases with what failed, so that a limiter can learn', async () => {
      const clock = virtualClock({ autoAdvance: true });
      const { limiter, released } = observed();
      const { fetch } = answering([429, reset, 500, 404]);
      const call = throttledFetch({ limiter, fetch, clock, retry: everySecond });
      expect((await call(url)).status).toBe(404);
      expect(released).toEqual([
        expect.objectContaining({ status: 429 }),
        reset,
        expect.objectContaining({ status: 500 }),
        undefined,
      ]);
      expect(released.map(isThrottled)).toEqual([true, false, false, false]);
    });

    it('keeps to its rate, retries included', async () => {
      const clock = virtualClock({ autoAdvance: true });
      const paced = limiter({ rate: { calls: 2, per: '10s' }, clock });
      const times: number[] = [];
      const fetch = async () => {
        times.push(clock.monotonic());
        return new Response(null, { status: times.length === 2 ? 503 : 200 });
      };
      const call = throttledFetch({ limiter: paced, fetch, clock, retry: everySecond });
      await Promise.all([call(url), call(url), call(url)]);
      expect(times).toEqual([0, 0, 10_000, 10_000]);
    });

    it('tries again when the waiting room is full, whatever the request is: nothing was sent', async () => {
      const clock = virtualClock();
      const full = Object.assign(new Error('full'), { status: 429, retryAfter: 1_000 });
      let asked = 0;
      const limiter: Limiter = {
        acquire: async () => {
          if (++asked === 1) throw full;
          return permit(() => {});
        },
        tryAcquire: async () => undefined,
      };
      const { fetch, calls } = answering([200]);
      const done = throttledFetch({ limiter, fetch, clock, retry: everySecond })(
        url,
        streamed('POST'),
      );
      await clock.advance('1s');
      expect((await done).status).toBe(200);
      expect(calls).toHaveLength(1);
    });
  });

  describe('ends at once, with the reason of the signal', () => {
    it('a wait for a permit', async () => {
      const limiter = concurrencyLimiter(1);
      await limiter.acquire();
      const controller = new AbortController();
      const { fetch, calls } = answering([200]);
      const ended = expect(
        throttledFetch({ limiter, fetch, clock: virtualClock() })(url, controller),
      ).rejects.toBe('stop');
      controller.abort('stop');
      await ended;
      expect(calls).toEqual([]);
    });

    it('a wait for a retry', async () => {
      const clock = virtualClock();
      const controller = new AbortController();
      const { fetch } = answering([429, 200], { 'retry-after': '600' });
      const ended = expect(throttledFetch({ fetch, clock })(url, controller)).rejects.toBe('stop');
      await clock.advance('1s');
      controller.abort('stop');
      await ended;
      expect(clock.pending).toBe(0);
    });

    it('before anything was asked', async () => {
      const { fetch, calls } = answering([200]);
      const signal = AbortSignal.abort('stop');
      await expect(throttledFetch({ fetch })(url, { signal })).rejects.toBe('stop');
      expect(calls).toEqual([]);
    });
  });
});

/** How often a request is sent whose first attempt fails and whose second would not. */
async function timesSent(
  init: RequestInit | undefined,
  failure: number | Error,
  input: string | Request = url,
): Promise<number> {
  const { fetch, calls } = answering([failure, 200]);
  const clock = virtualClock({ autoAdvance: true });
  await throttledFetch({ fetch, clock, retry: everySecond })(input, init).catch(() => {});
  return calls.length;
}

/** A fetch that answers with these statuses, or fails with these errors, one for each call. */
function answering(answers: readonly (number | Error)[], headers: Record<string, string> = {}) {
  const calls: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    calls.push({ input, init });
    const answer = answers[calls.length - 1] ?? 599;
    if (typeof answer !== 'number') throw answer;
    const body = answer === 204 ? null : `answer ${calls.length}`;
    return new Response(body, { status: answer, headers });
  };
  return { fetch, calls };
}

/** The same, and it reads what is sent, as a network does. */
function reading(answers: readonly number[]) {
  const answer = answering(answers);
  const bodies: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    bodies.push(await new Request(input, init).text());
    return answer.fetch(input, init);
  };
  return { fetch, bodies };
}

/** What fetch throws when the connection fails. */
function fetchFailed(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

/** The same, of a host with two addresses. */
function noAddress(): Error {
  const errors = ['EHOSTUNREACH', 'ECONNREFUSED'].map((code) =>
    Object.assign(new Error(code), { code, syscall: 'connect' }),
  );
  const cause = Object.assign(new AggregateError(errors), { code: 'EHOSTUNREACH' });
  return new TypeError('fetch failed', { cause });
}

function streamed(method: string): RequestInit {
  return { method, body: new Blob(['abc']).stream(), duplex: 'half' };
}

async function* chunks() {
  yield new TextEncoder().encode('abc');
}

/** A limiter that lets everybody in and notes what permits are released with. */
function observed() {
  const released: unknown[] = [];
  const limiter: Limiter = {
    acquire: async () => permit((error) => released.push(error)),
    tryAcquire: async () => undefined,
  };
  return { limiter, released };
}

function permit(release: (error?: unknown) => void): Permit {
  return { release, [Symbol.dispose]: () => release() };
}
