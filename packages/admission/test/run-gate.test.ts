/** What is true of the gate of one process only: its state, its defaults, its size, and its word to who is refused. */
import { getEventListeners } from 'node:events';
import { GateFullError, type RunGate, runGate } from '@runafter/admission';
import { type Permit, retry, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';

describe('a run gate', () => {
  it('lets 25 in and 35 wait when it is told nothing', async () => {
    const gate = runGate();
    await fill(gate, 25);
    const waits = Array.from({ length: 35 }, () => gate.enter());
    expect(gate).toMatchObject({ concurrency: 25, running: 25, waiting: 35, outside: 0 });
    await expect(gate.enter()).rejects.toBeInstanceOf(GateFullError);
    await gate.close();
    await Promise.allSettled(waits);
  });

  it('has a waiting room of 10 more than may run', async () => {
    const gate = runGate({ concurrency: 2 });
    await fill(gate, 2);
    const waits = Array.from({ length: 13 }, () => gate.enter());
    const ends = Promise.allSettled(waits);
    await gate.close();
    const codes = (await ends).map((end) => end.status === 'rejected' && end.reason.code);
    expect(codes).toEqual([...Array(12).fill('SERVICE_CLOSED'), 'GATE_FULL']);
  });

  it('that is off lets everybody in, and counts them', async () => {
    const gate = runGate({ concurrency: 'off' });
    const permits = await fill(gate, 10_000);
    expect(gate).toMatchObject({ concurrency: 'off', running: 10_000, waiting: 0 });
    for (const permit of permits) permit.release();
    expect(gate.running).toBe(0);
  });

  it('of 100,000 who wait serves each at once, in the order of coming', async () => {
    const gate = runGate({ concurrency: 1, whenFull: 'wait' });
    const order: number[] = [];
    const visits = Array.from({ length: 100_000 }, async (_, n) => {
      const permit = await gate.enter();
      order.push(n);
      permit.release();
    });
    expect(gate).toMatchObject({ running: 1, waiting: 11, outside: 99_988 });
    await Promise.all(visits);
    expect(order).toEqual(Array.from({ length: 100_000 }, (_, n) => n));
  });

  it('leaves no listener on a signal, however a wait ends', async () => {
    const gate = runGate({ concurrency: 1 });
    const { signal } = new AbortController();
    const leaving = new AbortController();
    const permit = await gate.enter({ signal });
    const waits = [gate.enter({ signal }), gate.enter({ signal: leaving.signal })];
    const closed = gate.enter({ signal });
    const ends = Promise.allSettled([...waits, closed]);
    leaving.abort();
    permit.release();
    await gate.close();
    await ends;
    for (const each of [signal, leaving.signal])
      expect(getEventListeners(each, 'abort')).toEqual([]);
  });

  it('is closed at the end of its block, and tells its name', async () => {
    let left: RunGate;
    {
      await using gate = runGate({ name: 'imports' });
      left = gate;
    }
    await expect(left.tryEnter()).rejects.toMatchObject({
      code: 'SERVICE_CLOSED',
      service: 'Run gate "imports"',
    });
  });

  it.each([
    [
      { concurrency: 0 },
      'Run gate: the option concurrency is 0. Pass a whole number of at least 1',
    ],
    [{ concurrency: 2.5 }, 'concurrency is 2.5'],
    [{ concurrency: Number.POSITIVE_INFINITY }, "'off' for no bound"],
    [{ concurrency: 'on' as 'off' }, 'concurrency is on'],
    [{ waiting: -1 }, 'waiting is -1'],
    [{ waiting: Number.NaN }, 'waiting is NaN'],
    [{ whenFull: 'drop' as 'wait' }, "whenFull is drop. Pass 'reject' or 'wait'."],
    [{ name: 'imports', waiting: 1.5 }, 'Run gate "imports": the option waiting is 1.5'],
  ])('refuses %o when it is made', (options, message) => {
    expect(() => runGate(options)).toThrow(message);
    expect(() => runGate(options)).toThrow(
      expect.objectContaining({ code: 'GATE_OPTION_INVALID' }),
    );
  });
});

describe('a run gate that is resized', () => {
  it('lets more in at once when it grows, in the order of coming', async () => {
    const gate = runGate({ concurrency: 1 });
    await gate.enter();
    const order: number[] = [];
    const waits = [0, 1, 2, 3].map((n) => gate.enter().then(() => order.push(n)));
    gate.resize(3);
    await Promise.all(waits.slice(0, 2));
    expect(order).toEqual([0, 1]);
    expect(gate).toMatchObject({ concurrency: 3, running: 3, waiting: 2 });
    gate.resize('off');
    await Promise.all(waits);
    expect(gate).toMatchObject({ concurrency: 'off', running: 5, waiting: 0 });
  });

  it('sends nobody away when it shrinks, and lets nobody in before there is room', async () => {
    const gate = runGate({ concurrency: 3 });
    const permits = await fill(gate, 3);
    const waits = Array.from({ length: 13 }, () => gate.enter());
    const entered = waits.map((wait) => wait.then((permit) => permit.release()));
    gate.resize(1);
    expect(gate).toMatchObject({ running: 3, waiting: 11, outside: 2 });
    await expect(gate.enter()).rejects.toMatchObject({ code: 'GATE_FULL', running: 3 });
    permits[0]?.release();
    permits[1]?.release();
    expect(gate).toMatchObject({ running: 1, waiting: 11 });
    permits[2]?.release();
    await Promise.all(entered);
    expect(gate).toMatchObject({ running: 0, waiting: 0, outside: 0 });
  });

  it('keeps a waiting room that it was given', async () => {
    const gate = runGate({ concurrency: 1, waiting: 1 });
    await gate.enter();
    const waiting = gate.enter();
    gate.resize(2);
    await waiting;
    const next = gate.enter();
    await expect(gate.enter()).rejects.toMatchObject({ waiting: 1 });
    await gate.close();
    await expect(next).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });

  it('keeps its size when the new one makes no sense', () => {
    const gate = runGate({ concurrency: 4 });
    for (const size of [0, Number.NaN]) expect(() => gate.resize(size)).toThrow('concurrency is');
    expect(gate.concurrency).toBe(4);
  });
});

describe('who is refused', () => {
  it('is told what the gate is called, how many run and wait, and what to do', async () => {
    const clock = virtualClock();
    const gate = runGate({ name: 'imports', concurrency: 1, waiting: 2, clock });
    await pass(gate, clock, ['4s']);
    await gate.enter();
    const waits = [gate.enter(), gate.enter()];
    await expect(gate.enter()).rejects.toMatchObject({
      message:
        'Run gate "imports" is full: 1 run and 2 wait. ' +
        "Come back in about 4s, start less at once, or let callers wait outside with whenFull: 'wait'.",
      ...{ status: 429, gate: 'Run gate "imports"', running: 1, waiting: 2, retryAfter: 4_000 },
    });
    await gate.close();
    await Promise.allSettled(waits);
  });

  it('is not told a time before anybody has come out', async () => {
    const gate = runGate({ concurrency: 1, waiting: 0 });
    await gate.enter();
    const error = await refusal(gate);
    expect(error.retryAfter).toBeUndefined();
    expect(error.message).toContain('Come back later');
  });

  it('is told the mean of the times from one return to the next', async () => {
    const clock = virtualClock();
    const gate = runGate({ concurrency: 1, waiting: 0, clock });
    await pass(gate, clock, ['2s', '4s', '6s']);
    await gate.enter();
    const { retryAfter } = await refusal(gate);
    expect(retryAfter).toBeGreaterThan(3_900);
    expect(retryAfter).toBeLessThan(4_200);
  });

  it('is not told of the time in which nobody wanted in', async () => {
    const clock = virtualClock();
    const gate = runGate({ concurrency: 1, waiting: 0, clock });
    await pass(gate, clock, ['2s']);
    await clock.advance('8h');
    await gate.enter();
    expect((await refusal(gate)).retryAfter).toBe(2_000);
  });

  it('is told that it became slower, at the latest when it has', async () => {
    const clock = virtualClock();
    const gate = runGate({ concurrency: 1, waiting: 0, clock });
    await pass(gate, clock, ['1s', '1s']);
    await gate.enter();
    await clock.advance('10m');
    expect((await refusal(gate)).retryAfter).toBeGreaterThan(60_000);
  });

  it('is told another moment than those who were refused just before, but none beyond the turn of all', async () => {
    const clock = virtualClock();
    const gate = runGate({ concurrency: 2, waiting: 1, clock });
    const first = await gate.enter();
    const second = await gate.enter();
    const third = gate.enter();
    await clock.advance('1s');
    first.release();
    await third;
    const fourth = gate.enter();
    const told: (number | undefined)[] = [];
    for (let n = 0; n < 5; n++) told.push((await refusal(gate)).retryAfter);
    expect(told).toEqual([1_000, 2_000, 3_000, 3_000, 3_000]);
    second.release();
    await fourth;
    const fifth = gate.enter();
    expect((await refusal(gate)).retryAfter).toBeLessThan(1_000);
    await gate.close();
    await expect(fifth).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });

  it('is let in by a retry that does as it is told', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const gate = runGate({ concurrency: 1, waiting: 0, clock });
    const job = async () => {
      using permit = await gate.enter();
      expect(permit).toBeDefined();
      await clock.sleep('5s');
    };
    await job();
    const policy = { type: 'fixed', count: 20, interval: '1s' } as const;
    const jobs = Array.from({ length: 4 }, () => retry(job, policy, { clock }));
    await Promise.all(jobs);
    expect(gate.running).toBe(0);
  });
});

async function fill(gate: RunGate, count: number): Promise<Permit[]> {
  return await Promise.all(Array.from({ length: count }, () => gate.enter()));
}

/** Somebody goes in and comes out again after each of these times. */
async function pass(
  gate: RunGate,
  clock: ReturnType<typeof virtualClock>,
  stays: readonly `${number}s`[],
): Promise<void> {
  for (const stay of stays) {
    const permit = await gate.enter();
    await clock.advance(stay);
    permit.release();
  }
}

async function refusal(gate: RunGate): Promise<GateFullError> {
  return await gate.enter().then(
    () => expect.unreachable('It was let in.'),
    (error: GateFullError) => error,
  );
}
