/**
 * One id is one run: whoever starts or resumes it, in however many processes.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  type Flow,
  memoryRunStore,
  type RunEvent,
  RunHeldError,
  RunInputDiffersError,
  RunUnknownError,
  resume,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { nextTurn } from '../engine/next-turn.ts';
import { expectNothingToEscape } from '../engine/nothing-escapes.ts';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

expectNothingToEscape();

interface Order {
  readonly sku: string;
  readonly amount: number;
}

const order: Order = { sku: 'A-1', amount: 2 };

function fulfil(process: MortalProcess) {
  return workflow('Fulfil', (flow: Flow<Order>) => {
    const stock = flow.action('Stock', (context) => slowly(process, context, context.input, '10s'));
    return flow.action('Ship', [stock], ([{ sku, amount }], context) =>
      slowly(process, context, `${amount} × ${sku}`, '20s'),
    );
  });
}

function twoProcesses() {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  return {
    clock,
    store,
    one: new MortalProcess(store, clock),
    two: new MortalProcess(store, clock),
  };
}

describe('a run that is started twice', () => {
  it('in one process is the same run, and tells both who listen', async () => {
    const { clock, one } = twoProcesses();
    const told: RunEvent[][] = [[], []];
    const flow = fulfil(one);
    const first = one.start(flow, order, { onEvent: (event) => void told[0]?.push(event) });
    const second = one.start(flow, order, { onEvent: (event) => void told[1]?.push(event) });
    await clock.advance('1m');

    expect(second).toBe(first);
    expect(await second.finished).toMatchObject({ status: 'Succeeded', outputs: '2 × A-1' });
    expect(one.calls).toEqual(['r/Stock', 'r/Ship']);
    expect(told[1]).toEqual(told[0]);
  });

  it('in two processes runs in the first; the second one waits and has the same result', async () => {
    const { clock, one, two } = twoProcesses();
    const first = one.start(fulfil(one), order);
    const second = two.start(fulfil(two), { amount: 2, sku: 'A-1' });
    await clock.advance('1m');

    expect((await first.finished).status).toBe('Succeeded');
    expect(await second.finished).toMatchObject({ status: 'Succeeded', outputs: '2 × A-1' });
    expect(JSON.stringify(await second.finished)).toBe(JSON.stringify(await first.finished));
    expect([one.calls, two.calls]).toEqual([['r/Stock', 'r/Ship'], []]);
    expect(clock.pending).toBe(0);
  });

  it('goes on in the second process when the first one dies', async () => {
    const { clock, one, two } = twoProcesses();
    one.start(fulfil(one), order);
    const second = two.start(fulfil(two), order);
    await clock.advance('15s');
    one.kill();
    await clock.advance('1m');

    expect(await second.finished).toMatchObject({ status: 'Succeeded', outputs: '2 × A-1' });
    expect([one.calls, two.calls]).toEqual([['r/Stock', 'r/Ship'], ['r/Ship']]);
  });

  it('long after it has ended gives its result, and calls no handler', async () => {
    const { clock, one, two } = twoProcesses();
    const first = one.start(fulfil(one), order);
    await clock.advance('1m');
    const whole = await first.finished;
    await clock.advance('3d');
    const again = two.start(fulfil(two), order);

    expect(JSON.parse(JSON.stringify(await again.finished))).toEqual(
      JSON.parse(JSON.stringify(whole)),
    );
    expect(again.why()).toEqual(first.why());
    expect(again.result('Ship')).toMatchObject({ inputs: [order], outputs: '2 × A-1' });
    expect(two.calls).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('with another input is refused, while it runs and afterwards', async () => {
    const { clock, one, two } = twoProcesses();
    const flow = fulfil(one);
    const first = one.start(flow, order);
    expect(() => one.start(flow, { ...order, amount: 3 })).toThrow(RunInputDiffersError);
    const other = two.start(fulfil(two), { ...order, amount: 3 });
    await expect(other.finished).rejects.toMatchObject({ code: 'RUN_INPUT_DIFFERS', runId: 'r' });
    await clock.advance('1m');
    await first.finished;
    const late = two.start(fulfil(two), { ...order, amount: 3 });

    await expect(late.finished).rejects.toBeInstanceOf(RunInputDiffersError);
  });

  it('can be left by the one who waits, without harm to the one who runs', async () => {
    const { clock, one, two } = twoProcesses();
    const first = one.start(fulfil(one), order);
    const leave = new AbortController();
    const second = two.start(fulfil(two), order, { signal: leave.signal });
    await clock.advance('5s');
    leave.abort(new Error('Not interested any more.'));
    await expect(second.finished).rejects.toThrow('Not interested any more.');
    await clock.advance('1m');

    expect((await first.finished).status).toBe('Succeeded');
  });
});

describe('resume', () => {
  it('of a run that is not known is refused', async () => {
    const { two } = twoProcesses();
    const resumed = resume(fulfil(two), 'r', two.place);

    await expect(resumed).rejects.toBeInstanceOf(RunUnknownError);
    await expect(resumed).rejects.toMatchObject({ code: 'RUN_UNKNOWN', runId: 'r' });
  });

  it('without a store is refused', async () => {
    const { one } = twoProcesses();
    // @ts-expect-error: that is what it says.
    const resumed = resume(fulfil(one), 'r');
    await expect(resumed).rejects.toThrow();
    await expect(resume(fulfil(one), 'r', {})).rejects.toMatchObject({
      code: 'RUN_OPTION_INVALID',
      option: 'store',
    });
  });

  it('of a run that another process works on says which, and until when', async () => {
    const { clock, one, two } = twoProcesses();
    const first = one.start(fulfil(one), order, { holder: 'worker 7 on blue', lease: '20s' });
    await clock.advance('1s');
    const resumed = resume(fulfil(two), 'r', two.place);

    await expect(resumed).rejects.toBeInstanceOf(RunHeldError);
    await expect(resumed).rejects.toMatchObject({
      code: 'RUN_HELD',
      holder: 'worker 7 on blue',
      expiresAt: new Date(Date.UTC(2026, 0, 1, 0, 0, 20)),
      message: expect.stringContaining('worker 7 on blue'),
    });
    await clock.advance('1m');
    expect((await first.finished).status).toBe('Succeeded');
  });

  it('waits as long as it is told to', async () => {
    const { clock, one, two } = twoProcesses();
    one.start(fulfil(one), order);
    await clock.advance('1s');
    const tooShort = expect(
      resume(fulfil(two), 'r', { ...two.place, wait: '10s' }),
    ).rejects.toMatchObject({ code: 'RUN_HELD' });
    await clock.advance('10s');
    await tooShort;
    one.kill();
    const resumed = resume(fulfil(two), 'r', { ...two.place, wait: '20s' });
    await clock.advance('1m');

    expect((await (await resumed).finished).status).toBe('Succeeded');
  });

  it('in the process that runs it is the same run', async () => {
    const { clock, one } = twoProcesses();
    const flow = fulfil(one);
    const first = one.start(flow, order);
    const again = resume(flow, 'r', one.place);
    await clock.advance('1m');

    expect(await again).toBe(first);
    expect(one.calls).toHaveLength(2);
  });

  it('of a run that has ended gives its result', async () => {
    const { clock, one, two } = twoProcesses();
    const first = one.start(fulfil(one), order);
    await clock.advance('1m');
    await first.finished;
    const again = await resume(fulfil(two), 'r', two.place);

    expect(await again.finished).toMatchObject({ status: 'Succeeded', outputs: '2 × A-1' });
    expect(two.calls).toEqual([]);
  });

  it('by many at once is done by one', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const first = new MortalProcess(store, clock);
    first.start(fulfil(first), order);
    await clock.advance('15s');
    first.kill();
    await clock.advance('1m');
    const others = Array.from({ length: 10 }, () => new MortalProcess(store, clock));
    const tried = await Promise.allSettled(
      others.map((process) => resume(fulfil(process), 'r', process.place)),
    );
    await clock.advance('1m');

    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(others.flatMap(({ calls }) => calls)).toEqual(['r/Ship']);
  });
});

describe('a run of this process', () => {
  it('is not kept alive by those who know it: once it has ended, it is read from the store', async () => {
    const { clock, one } = twoProcesses();
    const flow = fulfil(one);
    const first = one.start(flow, order);
    await clock.advance('1m');
    await first.finished;
    await nextTurn();
    const again = one.start(flow, order);

    expect(again).not.toBe(first);
    expect(await again.finished).toMatchObject({ outputs: '2 × A-1' });
    expect(one.calls).toHaveLength(2);
  });

  it('without an id is a run of its own each time', async () => {
    const store = memoryRunStore();
    const flow = workflow('Once', (flow) => flow.action('One', () => 1));
    const [first, second] = [start(flow, undefined, { store }), start(flow, undefined, { store })];

    expect(first.id).not.toBe(second.id);
    await Promise.all([first.finished, second.finished]);
  });
});
