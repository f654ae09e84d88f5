/** What an atomic counter makes of its driver's answers, and of answers that do not come. */
import { getEventListeners } from 'node:events';
import { virtualClock } from '@runafter/clock';
import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { type AtomicCounterOptions, atomicCounter } from '../src/index.ts';
import { type Fate, shakyCounters } from './shaky-counters.ts';

function setUp(fates: Fate[] = [], options: AtomicCounterOptions = {}) {
  const clock = virtualClock({ autoAdvance: true });
  const service = shakyCounters(clock, fates);
  const counter = atomicCounter(service.driver, { clock, random: () => 1, ...options });
  return { clock, service, counter };
}

const unknownOutcome = { code: 'OUTCOME_UNKNOWN', store: 'Shaky counters', key: 'n' };
const notDone = (retryAfter?: number) =>
  new ServiceUnavailableError('Shaky counters', 'not-done', { retryAfter });

describe('an addition without an id', () => {
  it.each(['reply lost', 'request lost'] as const)('whose %s is sent once', async (fate) => {
    const { counter, service } = setUp([fate]);
    await expect(counter.add('n', 1)).rejects.toMatchObject({
      ...unknownOutcome,
      message: expect.stringContaining('pass `once`'),
      cause: { code: 'SERVICE_UNAVAILABLE' },
    });
    expect(service.requests).toBe(1);
  });

  it('fails with the error of the service when nothing was done', async () => {
    const failure = notDone();
    const { counter, service } = setUp([failure]);
    await expect(counter.add('n', 1)).rejects.toBe(failure);
    expect(service.requests).toBe(1);
  });
});

describe('an addition with an id', () => {
  it('is sent until it is answered, and counts once', async () => {
    const { counter, service } = setUp(['reply lost', 'request lost', notDone(), 'reply lost']);
    expect(await counter.addAndGet('n', 5, { once: 'a' })).toBe(5n);
    expect(await counter.addAndGet('n', 9, { once: 'a' })).toBe(5n);
    expect(service.values.get('n')).toBe(5n);
  });

  it('of any length reaches the driver short, and no two as the same', async () => {
    const { counter, service } = setUp();
    const ids = ['x'.repeat(200), 'x'.repeat(201), `${'x'.repeat(200)}y`, 'x'.repeat(10_000)];
    for (const once of [...ids, ...ids]) await counter.add('n', 1, { once });
    expect(service.values.get('n')).toBe(4n);
    expect(Math.max(...service.ids.map((id) => id.length))).toBe(200);
  });

  it('waits as long as the service has asked for', async () => {
    const { counter, clock } = setUp([notDone(9_000)]);
    await counter.add('n', 1, { once: 'a' });
    expect(clock.monotonic()).toBe(9_000);
  });

  it('is tried for 30 seconds, and then its outcome is unknown', async () => {
    const fates = Array<Fate>(99).fill('reply lost');
    const { counter, clock } = setUp(fates);
    await expect(counter.add('n', 1, { once: 'a' })).rejects.toMatchObject({
      ...unknownOutcome,
      message: expect.stringContaining('same id'),
    });
    expect(clock.monotonic()).toBeLessThanOrEqual(30_000);
    expect(clock.monotonic()).toBeGreaterThan(27_000);
    fates.length = 0;
    await counter.add('n', 1, { once: 'a' });
    expect(await counter.read('n')).toBe(1n);
  });

  it('is not tried for longer than its id is kept, so that it cannot count twice', async () => {
    const fates = Array<Fate>(99).fill('reply lost');
    const { counter, clock, service } = setUp(fates, { keepIds: '3s' });
    await expect(counter.add('n', 1, { once: 'a' })).rejects.toMatchObject(unknownOutcome);
    expect(clock.monotonic()).toBeLessThanOrEqual(3_000);
    expect(service.values.get('n')).toBe(1n);
  });

  it('stays unknown when the tries after a lost reply are refused or not done', async () => {
    const refused = new ServiceRefusedError('Shaky counters', 'Install the script.');
    const first = setUp(['reply lost', refused]);
    await expect(first.counter.add('n', 1, { once: 'a' })).rejects.toMatchObject({
      ...unknownOutcome,
      cause: refused,
    });
    const second = setUp(['reply lost', ...Array<Fate>(99).fill(notDone())]);
    await expect(second.counter.add('n', 1, { once: 'a' })).rejects.toMatchObject(unknownOutcome);
  });

  it('fails with the error of the service when no try was done', async () => {
    const { counter } = setUp(Array<Fate>(99).fill(notDone()));
    await expect(counter.add('n', 1, { once: 'a' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });

  it('has its id kept for a day, unless told otherwise', async () => {
    const { counter, service, clock } = setUp();
    await counter.add('n', 1, { once: 'a' });
    await clock.advance('1d');
    await counter.add('n', 1, { once: 'a' });
    expect(service.keptFor).toEqual([86_400_000, 86_400_000]);
    expect(await counter.read('n')).toBe(2n);
    const brief = setUp([], { keepIds: '5s' });
    await brief.counter.add('n', 1, { once: 'a' });
    expect(brief.service.keptFor).toEqual([5_000]);
  });

  it('that is aborted while it waits ends at once, and leaves nothing', async () => {
    const { counter, clock, service } = setUp([notDone(60_000)], { timeout: '1h' });
    const controller = new AbortController();
    const { signal } = controller;
    const adding = counter.add('n', 1, { once: 'a', signal }).catch((error: unknown) => error);
    controller.abort();
    expect(await adding).toBe(signal.reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(service.requests).toBe(1);
  });
});

describe('a counter at the end of its range', () => {
  const top = 2n ** 63n - 1n;

  it.each([
    [top, 1n],
    [-top - 1n, -1n],
  ])('is %i and refuses %i', async (value, amount) => {
    const { counter } = setUp();
    await counter.add('n', value);
    await expect(counter.add('n', amount, { once: 'a' })).rejects.toMatchObject({
      code: 'COUNTER_OVERFLOW',
      service: 'Shaky counters',
      counter: 'n',
      value,
      amount,
    });
    expect(await counter.read('n')).toBe(value);
    expect(await counter.addAndGet('n', -amount, { once: 'a' }), 'the id did not count').toBe(
      value - amount,
    );
  });
});

describe('a reset', () => {
  it('hands over what was there', async () => {
    const { counter } = setUp();
    await counter.add('n', 7);
    expect(await counter.reset('n')).toBe(7n);
    expect(await counter.reset('n', { to: 3, expected: 0n })).toBe(0n);
    expect(await counter.read('n')).toBe(3n);
  });

  it('on a condition that does not hold changes nothing, and says what is there', async () => {
    const { counter } = setUp();
    await counter.add('n', 7);
    await expect(counter.reset('n', { expected: 6 })).rejects.toMatchObject({
      code: 'COUNTER_CHANGED',
      expected: 6n,
      actual: 7n,
    });
    expect(await counter.read('n')).toBe(7n);
  });

  it('is sent once, and is unknown when its reply is lost', async () => {
    const { counter, service } = setUp(['reply lost']);
    await expect(counter.reset('n')).rejects.toMatchObject(unknownOutcome);
    expect(service.requests).toBe(1);
  });
});

describe('what a counter refuses', () => {
  it.each([
    ['an empty name', '', 1],
    ['a long name', 'x'.repeat(201), 1],
    ['half of a pair', 'x\ud800', 1],
    ['a number for a name', 7 as never, 1],
    ['a fraction', 'n', 1.5],
    ['an inexact number', 'n', 2 ** 53],
    ['NaN', 'n', Number.NaN],
    ['a text', 'n', '1' as never],
    ['65 bits', 'n', 2n ** 63n],
  ])('%s', async (_, name, amount) => {
    const { counter, service } = setUp();
    await expect(counter.add(name, amount)).rejects.toMatchObject({
      code: 'COUNTER_OPTION_INVALID',
      message: expect.stringMatching(/^Shaky counters: (name|amount) is .*\. Pass /),
    });
    expect(service.requests).toBe(0);
  });

  it.each(['', 'x\ud800', null as never])('the id %j', async (once) => {
    const { counter } = setUp();
    await expect(counter.add('n', 1, { once })).rejects.toMatchObject({
      code: 'COUNTER_OPTION_INVALID',
      option: 'once',
    });
  });

  it('anything after it was closed', async () => {
    const { counter, service } = setUp();
    await counter.close();
    await counter.close();
    await expect(counter.add('n', 1)).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    await expect(counter.read('n')).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    await expect(counter.reset('n')).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    expect(service.requests).toBe(0);
  });

  it('times that are none', () => {
    for (const options of [{ keepIds: 'soon' as never }, { timeout: -1 }]) {
      expect(() => setUp([], options)).toThrow(
        expect.objectContaining({ code: 'DURATION_INVALID' }),
      );
    }
  });
});
