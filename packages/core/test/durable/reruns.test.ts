/**
 * A run that is run again: what succeeded is taken over, with the keys that it had, and never into a run
 * that is another one.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  type Flow,
  memoryRunStore,
  RunLostError,
  type RunStore,
  rerun,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

function orders(keys: string[], isBroken: () => boolean): Workflow<number[], unknown> {
  return workflow('Orders', (flow: Flow<number[]>) => {
    const price = flow.action('Price', ({ idempotencyKey }) => {
      keys.push(idempotencyKey);
      return 7;
    });
    return flow.forEach(
      'Each',
      [price],
      (_, { input }) => input,
      (each) => {
        const ship = each.action('Ship', [each.item], ([item], { idempotencyKey }) => {
          keys.push(idempotencyKey);
          return item;
        });
        return each.action('Bill', [ship], ([item], { idempotencyKey }) => {
          keys.push(idempotencyKey);
          if (isBroken() && item === 2) throw new Error('The bank is closed.');
          return item * 10;
        });
      },
    );
  });
}

async function failedRun(store: RunStore = memoryRunStore()) {
  const keys: string[] = [];
  let broken = true;
  const flow = orders(keys, () => broken);
  const { status } = await start(flow, [1, 2, 3], { store, runId: 'one' }).finished;
  expect(status).toBe('Failed');
  keys.length = 0;
  broken = false;
  return { store, flow, keys };
}

describe('a run that is run again', () => {
  it('does again what did not succeed, and only that, with the keys of the first run', async () => {
    const { store, flow, keys } = await failedRun();
    const again = await rerun(flow, 'one', { store, runId: 'two' });

    expect(await again.finished).toMatchObject({ status: 'Succeeded', outputs: [10, 20, 30] });
    expect(keys).toEqual(['one/Each[1]/Bill']);
    expect((await store.readRun('one'))?.end?.status).toBe('Failed');
  });

  it('does everything again, with keys of its own, where it is told to', async () => {
    const { store, flow, keys } = await failedRun();
    const options = { store, runId: 'two', only: 'all', idempotencyKeys: 'new' } as const;
    await (await rerun(flow, 'one', options)).finished;

    expect(keys).toHaveLength(7);
    expect(keys.every((key) => key.startsWith('two/'))).toBe(true);
  });

  it('is the same run when it is asked for once more, or started by its id', async () => {
    const { store, flow, keys } = await failedRun();
    await (await rerun(flow, 'one', { store, runId: 'two' })).finished;
    const more = await rerun(flow, 'one', { store, runId: 'two' });
    const started = start(flow, [1, 2, 3], { store, runId: 'two' });

    expect(await more.finished).toMatchObject({ outputs: [10, 20, 30] });
    expect(await started.finished).toMatchObject({ outputs: [10, 20, 30] });
    expect(keys).toEqual(['one/Each[1]/Bill']);
  });

  it('keeps the keys of the first run, also when it is started by its id after a restart', async () => {
    const { store, flow, keys } = await failedRun();
    const again = await rerun(flow, 'one', { store, runId: 'two', only: 'all' });
    await again.suspend();
    keys.length = 0;
    await start(flow, [1, 2, 3], { store, runId: 'two' }).finished;

    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith('one/'))).toEqual([]);
  });

  it('is refused the id of a run that is another one', async () => {
    const { store, flow } = await failedRun();
    await start(flow, [1, 2, 3], { store, runId: 'other' }).finished;

    await expect(rerun(flow, 'one', { store, runId: 'other' })).rejects.toMatchObject({
      code: 'RUN_OPTION_INVALID',
      option: 'runId',
    });
  });

  it('is refused while the first run goes on', async () => {
    const store = memoryRunStore();
    const flow = workflow('Slow', (flow) => flow.delay('Wait', [], '1h'));
    const clock = virtualClock();
    const run = start(flow, undefined, { store, clock, runId: 'one' });
    await clock.advance(1);

    await expect(rerun(flow, 'one', { store, clock })).rejects.toMatchObject({
      code: 'RUN_NOT_ENDED',
    });
    await run.suspend();
  });
});

describe('a store that fails while a run takes over what succeeded', () => {
  it.each(['saveState', 'recordOutcome', 'readFrame'] as const)(
    'in %s makes it reject, and leaves the run for the next who asks',
    async (method) => {
      const { store, flow } = await failedRun();
      let calls = 0;
      const failing = new Proxy(store, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          if (name !== method) return member.bind(target);
          return (...args: unknown[]) =>
            calls++ === 0
              ? Promise.reject(new Error('The disk is full.'))
              : member.apply(target, args);
        },
      });

      await expect(rerun(flow, 'one', { store: failing, runId: 'two' })).rejects.toThrow(
        'The disk is full.',
      );
      const again = await rerun(flow, 'one', { store, runId: 'two' });
      expect(await again.finished).toMatchObject({ outputs: [10, 20, 30] });
    },
  );

  it('because the run is deleted meanwhile says that it is lost', async () => {
    const { store, flow } = await failedRun();
    const deleting = new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name !== 'recordOutcome') return member.bind(target);
        return async (...args: Parameters<RunStore['recordOutcome']>) => {
          await target.deleteRun('two');
          return target.recordOutcome(...args);
        };
      },
    });

    await expect(rerun(flow, 'one', { store: deleting, runId: 'two' })).rejects.toBeInstanceOf(
      RunLostError,
    );
  });
});
