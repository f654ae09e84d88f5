import { getEventListeners } from 'node:events';
import { exponential, fixed, noRetry, type RetryInfo, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { retry, transientRetry } from '../src/index.ts';

const busy = Object.assign(new Error('Too many.'), { status: 429 });

describe('retry', () => {
  it('tells each attempt its number and the signal', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const result = await retry(
      (attempt) => {
        seen.push(attempt);
        if (attempt.number < 3) throw busy;
        return 'done';
      },
      fixed({ count: 5, interval: '1s' }),
      { clock, signal },
    );
    expect(result).toBe('done');
    expect(seen).toEqual([1, 2, 3].map((number) => ({ number, signal })));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('takes transientRetry unless told otherwise: 5 retries, from 5 to 20 s on, then doubled', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const waits: number[] = [];
    const onRetry = ({ wait }: RetryInfo) => void waits.push(wait);
    const failing = () => Promise.reject(busy);
    await expect(retry(failing, undefined, { clock, onRetry, random: () => 0 })).rejects.toBe(busy);
    expect(waits).toEqual([5_000, 20_000, 40_000, 80_000, 160_000]);
    waits.length = 0;
    const nearlyOne = 1 - 2 ** -53;
    await retry(failing, undefined, { clock, onRetry, random: () => nearlyOne }).catch(() => {});
    expect(waits.map(Math.round)).toEqual([20_000, 40_000, 80_000, 160_000, 300_000]);
  });

  it('does not try again what does not pass', async () => {
    const clock = virtualClock();
    const bug = new TypeError('x is not a function');
    let calls = 0;
    const failing = () => {
      calls++;
      throw bug;
    };
    await expect(retry(failing, transientRetry, { clock })).rejects.toBe(bug);
    expect(calls).toBe(1);
  });

  it('begins nothing later than 15 minutes after the first attempt, unless told otherwise', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const calls: number[] = [];
    const later = Object.assign(new Error('Later.'), { status: 503, retryAfter: '7m' });
    const failing = () => {
      calls.push(clock.monotonic());
      throw later;
    };
    await expect(retry(failing, undefined, { clock })).rejects.toBe(later);
    expect(calls).toEqual([0, 420_000, 840_000]);
  });

  it('uses the clock of the machine unless told otherwise', async () => {
    let calls = 0;
    const failing = () => {
      if (++calls < 3) throw busy;
      return calls;
    };
    expect(await retry(failing, fixed({ count: 5, interval: 0 }))).toBe(3);
  });

  it('refuses a policy that makes no sense, as a rejection', async () => {
    const policy = { type: 'fixed', count: -1, interval: '1s' } as const;
    await expect(retry(() => 1, policy)).rejects.toMatchObject({ code: 'RETRY_POLICY_INVALID' });
  });

  describe('of a function that returns responses of fetch', () => {
    it.each([408, 429, 500, 502, 503, 504])('tries %d again', async (status) => {
      const { responses, next } = sequence([status, 200]);
      const clock = virtualClock({ autoAdvance: true });
      expect(await retry(next, transientRetry, { clock })).toBe(responses[1]);
    });

    it.each([200, 204, 301, 304, 400, 401, 404, 409, 412])('hands %d over', async (status) => {
      const { responses, next } = sequence([status, 200]);
      expect(await retry(next, transientRetry, { clock: virtualClock() })).toBe(responses[0]);
    });

    it('hands over the last one as it is when the retries are used up', async () => {
      const { responses, next } = sequence([503, 503, 503]);
      const clock = virtualClock({ autoAdvance: true });
      const last = await retry(next, fixed({ count: 2, interval: '1s' }), { clock });
      expect(last).toBe(responses[2]);
      expect(await last.text()).toBe('body 2');
    });

    it('hands it over at once when there is no policy to try again', async () => {
      const { responses, next } = sequence([503, 200]);
      expect(await retry(next, noRetry, { clock: virtualClock() })).toBe(responses[0]);
    });

    it('hands it over at once when the policy does not take it', async () => {
      const { responses, next } = sequence([503, 200]);
      const asked: unknown[] = [];
      const when = (failure: unknown) => asked.push(failure) === 0;
      const policy = fixed({ count: 2, interval: '1s', when });
      expect(await retry(next, policy, { clock: virtualClock() })).toBe(responses[0]);
      expect(asked).toEqual([responses[0]]);
    });

    it.each([
      ['in seconds', { 'retry-after': '90' }, 90_000],
      ['as a date', { 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' }, 120_000],
      ['in milliseconds', { 'x-ms-retry-after-ms': '1234', 'retry-after': '2' }, 1_234],
    ])('waits as long as the response asks for %s, and no longer', async (_, headers, ms) => {
      const clock = virtualClock();
      const { responses, next } = sequence([429, 200], headers);
      const done = retry(next, exponential({ count: 1, interval: '1s', maximum: '1s' }), { clock });
      await clock.advance(ms - 1);
      expect(responses).toHaveLength(1);
      await clock.advance(1);
      expect(responses).toHaveLength(2);
      expect(await done).toBe(responses[1]);
    });

    it('hands the response over when it asks for more time than there is', async () => {
      const { responses, next } = sequence([429, 200], { 'retry-after': '61' });
      const policy = fixed({ count: 1, interval: '1s', totalTime: '1m' });
      const clock = virtualClock();
      expect(await retry(next, policy, { clock })).toBe(responses[0]);
      expect(clock.pending).toBe(0);
      expect(await responses[0]?.text()).toBe('body 0');
    });

    it('cancels the bodies of those that nobody gets', async () => {
      const clock = virtualClock({ autoAdvance: true });
      const { cancelled, next } = sequence([503, 429, 200]);
      const last = await retry(next, transientRetry, { clock });
      expect(cancelled).toEqual([0, 1]);
      expect(await last.text()).toBe('body 2');
    });

    it('lets onRetry read a body first, and leaves it alone then', async () => {
      const clock = virtualClock({ autoAdvance: true });
      const { cancelled, next } = sequence([503, 503, 200]);
      const said: string[] = [];
      await retry(next, transientRetry, {
        clock,
        onRetry: async ({ attempt, error }) => {
          if (attempt === 1) said.push(await (error as Response).text());
          else (error as Response).body?.getReader();
        },
      });
      expect(said).toEqual(['body 0']);
      expect(cancelled).toEqual([]);
    });

    it('cancels the body also when onRetry ends the retries', async () => {
      const { cancelled, next } = sequence([503, 200]);
      const stop = new Error('Enough.');
      const onRetry = () => Promise.reject(stop);
      const clock = virtualClock();
      await expect(retry(next, transientRetry, { clock, onRetry })).rejects.toBe(stop);
      expect(cancelled).toEqual([0]);
    });

    it('cancels the body also when the policy itself throws', async () => {
      const { cancelled, next } = sequence([503, 200]);
      const broken = new Error('The policy is broken.');
      const when = () => {
        throw broken;
      };
      const policy = fixed({ count: 2, interval: '1s', when });
      await expect(retry(next, policy, { clock: virtualClock() })).rejects.toBe(broken);
      expect(cancelled).toEqual([0]);
    });

    it('goes on when a body cannot be cancelled, or fails to be', async () => {
      const clock = virtualClock({ autoAdvance: true });
      const foreign = { ok: false, status: 503, bodyUsed: false, arrayBuffer() {}, body: {} };
      const failing = new ReadableStream({ cancel: () => Promise.reject(new Error('no')) });
      const answers = [foreign, new Response(failing, { status: 503 }), 'done'];
      expect(await retry(() => answers.shift(), transientRetry, { clock })).toBe('done');
    });

    it('throws a response that is thrown', async () => {
      const response = new Response(null, { status: 503 });
      const clock = virtualClock();
      await expect(retry(() => Promise.reject(response), noRetry, { clock })).rejects.toBe(
        response,
      );
    });
  });

  describe('when its signal is aborted', () => {
    it('ends the wait at once, with the reason, and leaves no timer', async () => {
      const clock = virtualClock();
      const controller = new AbortController();
      const { next, cancelled } = sequence([429, 200], { 'retry-after': '600' });
      const ended = expect(
        retry(next, transientRetry, { clock, signal: controller.signal }),
      ).rejects.toBe('the user left');
      await clock.advance('1s');
      controller.abort('the user left');
      await ended;
      expect(clock.pending).toBe(0);
      expect(cancelled).toEqual([0]);
    });

    it('hands over what the running attempt returns, and makes no other', async () => {
      const clock = virtualClock();
      const controller = new AbortController();
      const { responses, next } = sequence([503, 200]);
      const attempt = () => {
        controller.abort();
        return next();
      };
      const { signal } = controller;
      expect(await retry(attempt, transientRetry, { clock, signal })).toBe(responses[0]);
    });
  });
});

/** Responses with these statuses, one for each call, and which of their bodies were cancelled. */
function sequence(statuses: readonly number[], headers: Record<string, string> = {}) {
  const responses: Response[] = [];
  const cancelled: number[] = [];
  const next = async () => {
    const index = responses.length;
    let isRead = false;
    const body = new ReadableStream({
      pull(controller) {
        if (isRead) return controller.close();
        isRead = true;
        controller.enqueue(new TextEncoder().encode(`body ${index}`));
      },
      cancel: () => void cancelled.push(index),
    });
    const status = statuses[index] ?? 599;
    const response = new Response([204, 304].includes(status) ? null : body, { status, headers });
    responses.push(response);
    return response;
  };
  return { responses, cancelled, next };
}
