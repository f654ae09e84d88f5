import { seededRandom, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import {
  type CounterOp,
  type CounterResult,
  checkHistory,
  counterModel,
  type HistoryError,
  historyFromJson,
  mergeHistories,
  recordHistory,
  registerModel,
} from '../../src/index.ts';

describe('recordHistory', () => {
  it('notes who called what when, and what came of it, in one order', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const history = recordHistory<string, number>();
    const call = (client: string, ms: number) =>
      history.record(client, `op ${client}`, () => clock.sleep(ms).then(() => ms));

    const values = await Promise.all([call('A', 20), call('B', 10)]);

    expect(values).toEqual([20, 10]);
    expect(history.operations).toEqual([
      { client: 'A', op: 'op A', invoked: 1, returned: 4, outcome: { status: 'ok', value: 20 } },
      { client: 'B', op: 'op B', invoked: 2, returned: 3, outcome: { status: 'ok', value: 10 } },
    ]);
  });

  it('passes an error on, and holds its effect for unknown unless classify knows better', async () => {
    const classify = (error: unknown) => (error === 'refused' ? 'failed' : 'unknown');
    const history = recordHistory<string, number>({ classify });
    const fail = (error: unknown) =>
      history.record('A', 'op', () => {
        throw error;
      });

    await expect(fail('refused')).rejects.toBe('refused');
    await expect(fail(new Error('socket hang up'))).rejects.toThrow('socket hang up');

    const [refused, lost] = history.operations;
    expect(refused).toMatchObject({ returned: 2, outcome: { status: 'failed', error: 'refused' } });
    expect(lost).toMatchObject({
      returned: Infinity,
      outcome: { status: 'unknown', error: 'socket hang up' },
    });
  });

  it('holds an operation that still runs for one of unknown outcome', () => {
    const history = recordHistory<string, number>();
    void history.record('A', 'op', () => new Promise<number>(() => {}));

    expect(history.operations[0]?.outcome).toEqual({ status: 'unknown' });
  });

  it('notes what may happen without anybody calling it', () => {
    const history = recordHistory<string, number>();
    history.mayHappen('service', 'expire');

    expect(history.operations).toEqual([
      {
        client: 'service',
        op: 'expire',
        invoked: 1,
        returned: Infinity,
        outcome: { status: 'unknown' },
      },
    ]);
  });
});

describe('histories of several processes', () => {
  it('come through JSON as they were, bigints and unknown outcomes included', async () => {
    const history = recordHistory<unknown, unknown>({ clock: ticking() });
    await history.record('A', { amount: 5n, $odd: [1n] }, () => ({ $bigint: 'mine' }));
    await history.record('B', 'read', () => undefined);
    history.mayHappen('B', null);

    const read = historyFromJson(JSON.stringify(history));

    expect(read.operations).toEqual(history.operations);
    expect(read.time).toBe('clock');
  });

  it('are put together by their common clock', async () => {
    const clock = ticking();
    const processes = [1, 2].map(() => recordHistory<CounterOp, CounterResult>({ clock }));
    const [first, second] = processes as [(typeof processes)[0], (typeof processes)[0]];
    await first.record('1/A', { kind: 'add', amount: 1n }, () => undefined);
    await second.record('2/A', { kind: 'read' }, () => 0n);

    const { operations } = mergeHistories(
      first,
      historyFromJson<CounterOp, CounterResult>(JSON.stringify(second)),
    );

    // The read began after the add had ended, in another process: 0 is stale.
    expect(checkHistory(operations, counterModel()).linearizable).toBe(false);
  });

  it('are not put together when they have no clock', async () => {
    const merge = () => mergeHistories(recordHistory(), recordHistory({ clock: ticking() }));

    expect(merge).toThrow(
      expect.objectContaining<Partial<HistoryError>>({
        code: 'HISTORY_INVALID',
        message: expect.stringContaining('process.hrtime.bigint()'),
      }),
    );
  });

  it.each(['no JSON', '[]', '{"time":"clock"}', '{"time":"soon","operations":[]}'])(
    'are not read from %s',
    (text) => {
      expect(() => historyFromJson(text)).toThrow(/^The text is no history/);
    },
  );

  it('are refused when their times make no sense, naming the operation', () => {
    const outcome = { status: 'ok', value: 1 } as const;
    const backwards = {
      client: 'A',
      op: { kind: 'read' },
      invoked: 5,
      returned: 3,
      outcome,
    } as const;

    expect(() => checkHistory([backwards], registerModel<number>())).toThrow(
      /^Operation 0 \(client "A"\) was invoked at 5 but returned at 3/,
    );
    const endless = { ...backwards, returned: Infinity };
    expect(() => checkHistory([endless], registerModel<number>())).toThrow(/no time of return/);
    const never = { ...backwards, invoked: Number.NaN };
    expect(() => checkHistory([never], registerModel<number>())).toThrow(/invoked = NaN/);
  });
});

function ticking(): () => number {
  const random = seededRandom(1);
  let now = 1e15;
  return () => (now += 1 + Math.floor(random() * 100));
}
