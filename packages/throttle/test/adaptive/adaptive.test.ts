/**
 * The adaptive limiter as its users see it, in virtual time.
 */
import { virtualClock } from '@runafter/clock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AdaptiveDecision, type AdaptiveOptions, adaptive } from '../../src/index.ts';

/** What a service says when it is asked too much. */
function tooMany(retryAfter?: string): Error {
  return Object.assign(new Error('Too many requests'), { status: 429, retryAfter });
}

function make(options: AdaptiveOptions = {}) {
  const clock = virtualClock();
  const decisions: AdaptiveDecision[] = [];
  const onDecision = (decision: AdaptiveDecision) => decisions.push(decision);
  return { clock, decisions, limiter: adaptive({ clock, onDecision, ...options }) };
}

describe('adaptive', () => {
  it('lets in as many as its degree, and the next one when a permit comes back', async () => {
    const { limiter } = make({ start: 2, max: 2 });
    const first = await limiter.acquire();
    await limiter.acquire();
    expect(await limiter.tryAcquire()).toBeUndefined();
    const third = limiter.acquire();
    expect(limiter.inspect()).toMatchObject({ inFlight: 2, waiting: 1, degree: 2 });
    first.release();
    await third;
    expect(limiter.inspect()).toMatchObject({ inFlight: 2, waiting: 0, degree: 2 });
  });

  it('lets nobody in until the Retry-After of a throttled call is over', async () => {
    const { clock, limiter, decisions } = make();
    const failed = limiter.run(async () => {
      throw tooMany('7s');
    });
    await expect(failed).rejects.toThrow('Too many requests');
    expect(limiter.inspect().pausedUntil).toEqual(new Date(clock.now() + 7_000));
    expect(await limiter.tryAcquire()).toBeUndefined();
    const next = limiter.acquire().then(() => clock.monotonic());
    await clock.advance('10s');
    expect(await next).toBe(7_000);
    expect(decisions.slice(0, 2)).toEqual([
      { type: 'paused', wait: 7_000, asked: true },
      { type: 'resumed', throttled: 1 },
    ]);
    expect(limiter.inspect().pausedUntil).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('learns nothing from an abort, whatever it is called', async () => {
    const { clock, limiter, decisions } = make();
    (await limiter.acquire()).release(tooMany());
    await clock.advance('1s');
    const controller = new AbortController();
    const permit = await limiter.acquire({ signal: controller.signal });
    controller.abort(new Error('The user has left.'));
    permit.release(controller.signal.reason);
    await clock.advance('10s');
    (await limiter.acquire()).release(new DOMException('Stop', 'AbortError'));
    await clock.advance('10s');
    // A call that was taken would make our own wait short again.
    (await limiter.acquire()).release(tooMany());
    const waits = decisions.filter((decision) => decision.type === 'paused');
    expect(waits.map(({ wait }) => wait)).toEqual([1_000, 2_000]);
  });

  it('takes a 429 for one, even of a call that was aborted', async () => {
    const { limiter } = make();
    const controller = new AbortController();
    const permit = await limiter.acquire({ signal: controller.signal });
    controller.abort();
    permit.release(tooMany('1s'));
    expect(limiter.inspect().pausedUntil).toBeDefined();
  });

  it('is not slowed down by other failures', async () => {
    const { limiter, decisions } = make();
    const failed = limiter.run(() => Promise.reject(new Error('Not found')));
    await expect(failed).rejects.toThrow('Not found');
    expect(decisions).toEqual([]);
    expect(limiter.inspect().inFlight).toBe(0);
  });

  it('gives a permit back once, by release or at the end of its block', async () => {
    const { limiter } = make();
    const permit = await limiter.acquire();
    permit.release();
    permit.release(tooMany());
    expect(limiter.inspect()).toMatchObject({ inFlight: 0, pausedUntil: undefined });
    {
      using held = await limiter.acquire();
      expect(held).toBeDefined();
      expect(limiter.inspect().inFlight).toBe(1);
    }
    expect(limiter.inspect().inFlight).toBe(0);
  });

  it('hands the signal to what it runs, and its result back', async () => {
    const { limiter } = make();
    const { signal } = new AbortController();
    expect(await limiter.run((call) => call.signal === signal, { signal })).toBe(true);
  });

  it('leaves no timer behind when everybody who waits for the end of a pause has left', async () => {
    const { clock, limiter } = make();
    (await limiter.acquire()).release(tooMany('1m'));
    const controller = new AbortController();
    const waits = [1, 2].map(() => limiter.acquire({ signal: controller.signal }));
    expect(clock.pending).toBe(1);
    controller.abort(new Error('Enough.'));
    for (const wait of waits) await expect(wait).rejects.toThrow('Enough.');
    expect(clock.pending).toBe(0);
    expect(limiter.inspect().waiting).toBe(0);
  });

  it('lets in a call that is heavier than the degree when nothing else is under way', async () => {
    const { limiter } = make({ start: 2, max: 10 });
    const light = await limiter.acquire();
    const heavy = limiter.acquire({ weight: 10 });
    expect(limiter.inspect()).toMatchObject({ inFlight: 1, waiting: 1 });
    light.release();
    await heavy;
    expect(limiter.inspect().inFlight).toBe(10);
    await expect(limiter.acquire({ weight: 11 })).rejects.toMatchObject({ option: 'weight' });
  });

  it('spaces the calls of a service whose rate is documented', async () => {
    const { clock, limiter } = make({ limit: { calls: 600, per: '1m', model: 'token-bucket' } });
    const times = Promise.all(
      Array.from({ length: 20 }, async () => {
        using _ = await limiter.acquire();
        return clock.monotonic();
      }),
    );
    await clock.advance('1m');
    expect((await times).at(-1)).toBeCloseTo((19 * 60_000) / 570, 6);
    expect(limiter.inspect().rate).toBeCloseTo(9.5);
  });

  it('finds the rate of a service that throttles, with many who call at once', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const limiter = adaptive({ clock });
    let tokens = 20;
    let at = 0;
    const call = async () => {
      const now = clock.monotonic();
      tokens = Math.min(20, tokens + ((now - at) * 20) / 1_000) - 1;
      at = now;
      if (tokens >= 0) return clock.sleep(200);
      tokens += 1;
      throw tooMany('1s');
    };
    const untilDone = async (): Promise<void> => limiter.run(call).catch(untilDone);
    await Promise.all(Array.from({ length: 1_000 }, untilDone));
    expect(clock.monotonic()).toBeLessThan(1.1 * 50_000);
    expect(limiter.inspect()).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});

describe('what an adaptive limiter tells', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Calls as long as the others, so that twice as many are twice as fast. */
  async function work(
    clock: ReturnType<typeof virtualClock>,
    limiter: ReturnType<typeof adaptive>,
  ) {
    const done = Promise.all(
      Array.from({ length: 100 }, () => limiter.run(() => clock.sleep('1s'))),
    );
    await clock.advance('1m');
    await done;
  }

  it('is each change of the degree, and why', async () => {
    const { clock, limiter, decisions } = make();
    const degrees: number[] = [];
    const stop = limiter.onDegree((degree) => {
      expect(degree).toBe(limiter.degree);
      degrees.push(degree);
    });
    await work(clock, limiter);
    const changes = decisions.filter((decision) => decision.type === 'degree-changed');
    expect(changes.map(({ to }) => to)).toEqual(degrees);
    expect(changes[0]).toMatchObject({ from: 8, to: 16, reason: 'ramp-up' });
    const before = degrees.length;
    stop();
    stop();
    (await limiter.acquire()).release(tooMany('1s'));
    await clock.advance('1s');
    await limiter.tryAcquire();
    expect(degrees).toHaveLength(before);
  });

  it('cannot be disturbed by a listener that fails: that is a process warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const onDecision = vi.fn(async () => {
      throw new Error('No disk.');
    });
    const { clock, limiter } = make({ onDecision });
    limiter.onDegree(() => {
      throw new Error('No screen.');
    });
    await work(clock, limiter);
    expect(onDecision).toHaveBeenCalled();
    const messages = warn.mock.calls.map(([message]) => String(message));
    expect(messages).toContainEqual(expect.stringContaining('decisions: No disk.'));
    expect(messages).toContainEqual(expect.stringContaining('degrees: No screen.'));
    expect(warn.mock.calls[0]?.[1]).toMatchObject({ code: 'ADAPTIVE_LISTENER_FAILED' });
  });

  it('comes in order, also to a listener that calls the limiter itself', async () => {
    const { limiter } = make();
    const seen: string[] = [];
    const clock = virtualClock();
    const own = adaptive({
      clock,
      onDecision(decision) {
        seen.push(decision.type);
        if (decision.type === 'paused') void own.tryAcquire();
        seen.push(`end of ${decision.type}`);
      },
    });
    (await own.acquire()).release(tooMany('0s'));
    expect(seen.slice(0, 3)).toEqual(['paused', 'end of paused', 'resumed']);
    expect(limiter.inspect().inFlight).toBe(0);
  });
});

describe('options of adaptive', () => {
  it.each<[string, AdaptiveOptions]>([
    ['max', { max: 0 }],
    ['max', { max: 2.5 }],
    ['min', { min: 0 }],
    ['min', { min: 60 }],
    ['start', { start: 51 }],
    ['start', { start: 2, min: 3 }],
    ['start', { start: Number.NaN }],
    ['onDecision', { onDecision: 'log' as never }],
    ['limit.calls', { limit: { calls: 0, per: '1m' } }],
    ['limit.per', { limit: { calls: 1, per: 0 } }],
    ['limit', { limit: 600 as never }],
  ])('refuses a %s that makes no sense: %o', (option, options) => {
    expect(() => adaptive(options)).toThrow(
      expect.objectContaining({ code: 'LIMITER_OPTION_INVALID', option }),
    );
  });

  it('are a start of 8 and at most 50, and the start is not above the most', () => {
    expect(adaptive()).toMatchObject({ degree: 8, max: 50 });
    expect(adaptive({ max: 3 })).toMatchObject({ degree: 3, max: 3 });
    expect(adaptive({ min: 20 })).toMatchObject({ degree: 20, max: 50 });
  });
});
