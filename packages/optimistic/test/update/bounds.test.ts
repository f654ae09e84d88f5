/** How long and how often an update tries, in virtual time, and what it says when that was not enough. */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { documentStore, type UpdateOptions, update } from '../../src/index.ts';
import { Backend, type Fate, faultyDriver, type Network, notDone } from '../faulty-documents.ts';
import { lists, rejectionOf } from './lists.ts';

/** A document that somebody else writes before each of our writes. */
function contended(network: Network = {}) {
  const backend = new Backend();
  const clock = virtualClock({ autoAdvance: true });
  const driver = faultyDriver(backend, network);
  const other = documentStore<number>(faultyDriver(backend));
  const triedAt: number[] = [];
  const store = documentStore<number>({
    ...driver,
    async write(key, ...rest) {
      triedAt.push(clock.monotonic());
      const now = await other.read(key);
      if (now === undefined) await other.create(key, 1_000);
      else await other.replace(key, now.value + 1_000, now);
      return driver.write(key, ...rest);
    },
  });
  const increment = (options: UpdateOptions) =>
    update(store, 'k', (n = 0) => n + 1, { clock, random: () => 1, ...options });
  return { backend, clock, increment, triedAt };
}

describe('an update of a contended document', () => {
  it('gives up after so many tries, and names the ways out', async () => {
    const { increment, backend, triedAt } = contended();
    const error = await rejectionOf(increment({ maxAttempts: 5 }));
    expect(error).toMatchObject({
      name: 'UpdateContendedError',
      code: 'UPDATE_CONTENDED',
      store: 'Faulty documents',
      key: 'k',
      attempts: 5,
      conflicts: 5,
      cause: { code: 'ETAG_MISMATCH' },
    });
    expect((error as Error).message).toMatch(/written by others in 5 of 5 tries within .*ms/);
    expect((error as Error).message).toMatch(/sharded counter.*key the loop.*lock/);
    expect(triedAt).toHaveLength(5);
    expect(backend.value('k')).toBe(5_000);
  });

  it('waits up to twice as long after each conflict, up to the maximum', async () => {
    const { increment, triedAt } = contended();
    const backoff = { interval: '10ms', maximum: '70ms' } as const;
    await rejectionOf(increment({ maxAttempts: 6, backoff }));
    expect(triedAt).toEqual([0, 10, 30, 70, 140, 210]);
  });

  it('waits no longer than 10 ms first and 1 s at most, unless told otherwise', async () => {
    const { increment, triedAt } = contended();
    await rejectionOf(increment({ maxAttempts: 10 }));
    const waits = triedAt.slice(1).map((at, n) => at - (triedAt[n] ?? 0));
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  });

  it('spreads its waits from nothing on: full jitter', async () => {
    const { increment, triedAt } = contended();
    let calls = 0;
    await rejectionOf(increment({ maxAttempts: 4, random: () => [0, 0.5, 0.25][calls++] ?? 0 }));
    expect(triedAt).toEqual([0, 0, 10, 20]);
  });

  it('gives up when its time is up, to the millisecond', async () => {
    const { increment, clock } = contended();
    const error = await rejectionOf(increment({ maxAttempts: Infinity, timeout: '4321ms' }));
    expect(clock.monotonic()).toBe(4_321);
    expect(error).toMatchObject({ code: 'UPDATE_CONTENDED', waitedMs: 4_321 });
    expect(clock.pending).toBe(0);
  });

  it('tries 50 times within 30 seconds, unless told otherwise', async () => {
    const slow = contended();
    await rejectionOf(slow.increment({ timeout: '1h' }));
    expect(slow.triedAt).toHaveLength(50);
    const late = contended();
    await rejectionOf(late.increment({ maxAttempts: 1_000 }));
    expect(late.clock.monotonic()).toBe(30_000);
  });

  it('begins anew with short waits after it got through', async () => {
    const { add, addElsewhere, clock, backend } = lists();
    await addElsewhere('x');
    await add('a');
    expect(clock.monotonic()).toBe(0);
    expect(backend.value('k')).toEqual(['x', 'a']);
  });
});

describe('an update on a service that is away', () => {
  const away = (retryAfter?: number): { fateOf: () => Fate } => ({
    fateOf: () => notDone(retryAfter),
  });

  it('gives up with the error of the service, for nothing was in its way', async () => {
    const { add } = lists(away());
    await expect(add('a', { maxAttempts: 3 })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });

  it('counts a read that failed as a try', async () => {
    const { add, backend } = lists(away());
    await rejectionOf(add('a', { maxAttempts: 3 }));
    expect(backend.requests).toBe(3);
  });

  it('waits as long as the service has asked for, and not beyond its own time', async () => {
    const fates = [notDone(9_000), notDone(2_000)];
    const { add, clock } = lists({ fateOf: () => fates.shift() ?? 'done' });
    expect(await add('a')).toMatchObject({ attempts: 3 });
    expect(clock.monotonic()).toBe(11_000);
    const other = lists(away(60_000));
    await rejectionOf(other.add('a'));
    expect(other.clock.monotonic()).toBe(30_000);
  });

  it('says that it does not answer when the time is up during a read', async () => {
    const { add, clock } = lists({ travel: () => new Promise(() => {}) });
    const ending = rejectionOf(add('a', { timeout: '5s' }));
    await clock.advance('4999ms');
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(await ending).toMatchObject({ code: 'UPDATE_TIMED_OUT', key: 'k', waitedMs: 5_000 });
    expect(clock.pending).toBe(0);
  });
});

describe('a change that never ends', () => {
  it('ends with its own time, and those behind it are served then', async () => {
    const { store, options, add, clock, backend } = lists();
    const stuck = rejectionOf(
      update(store, 'k', () => new Promise<never>(() => {}), { ...options, timeout: '1s' }),
    );
    const behind = add('a');
    await clock.advance(999);
    expect(backend.writes).toEqual([]);
    await clock.advance(1);
    expect(await stuck).toMatchObject({ code: 'UPDATE_TIMED_OUT', waitedMs: 1_000 });
    expect(await behind).toMatchObject({ value: ['a'], combined: 1 });
    expect(clock.pending).toBe(0);
  });

  it('may fail later without anybody hearing of it', async () => {
    const { store, options, clock } = lists();
    let fail = (_: Error) => {};
    const change = () =>
      new Promise<never>((_, reject) => {
        fail = reject;
      });
    const stuck = rejectionOf(update(store, 'k', change, { ...options, timeout: '1s' }));
    await clock.advance('1s');
    await stuck;
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('the options of an update', () => {
  it.each([
    [{ maxAttempts: 0 }, 'UPDATE_OPTION_INVALID', 'maxAttempts is 0'],
    [{ maxAttempts: 1.5 }, 'UPDATE_OPTION_INVALID', 'maxAttempts is 1.5'],
    [{ maxAttempts: '3' as never }, 'UPDATE_OPTION_INVALID', 'maxAttempts is 3'],
    [{ combine: Number.NaN }, 'UPDATE_OPTION_INVALID', 'combine is NaN'],
    [{ timeout: 'soon' as never }, 'DURATION_INVALID', 'timeout'],
    [{ timeout: Number.NaN }, 'DURATION_INVALID', 'timeout'],
    [{ backoff: { interval: -1 } }, 'DURATION_INVALID', 'backoff.interval'],
    [{ backoff: { maximum: Infinity } }, 'DURATION_INVALID', 'backoff.maximum'],
  ] as const)('refuse %o', async (options, code, says) => {
    const { store, backend } = lists();
    const error = await rejectionOf(update(store, 'k', () => [], options));
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(backend.requests).toBe(0);
  });
});
