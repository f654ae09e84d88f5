/**
 * Runs that are deleted while somebody reads them, and clearing up in many processes at once: nothing
 * that has ended runs again, and nothing that goes on is deleted.
 */
import { virtualClock } from '@runafter/clock';
import {
  deleteRuns,
  memoryRunStore,
  type RunStore,
  rerun,
  resume,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { aLease, aRun, create } from '../../src/conformance/setting.ts';

const day = 86_400_000;

/** A run that has ended, and how often its two handlers were called. */
async function ended() {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const calls = { count: 0 };
  const orders = workflow('Orders', (flow) => {
    const stock = flow.action('Stock', () => ++calls.count);
    flow.scope('Notify', [stock], (scope) => {
      scope.action('Mail', () => ++calls.count);
    });
  });
  await start(orders, undefined, { store, clock, runId: 'r' }).finished;
  return { clock, store, orders, calls };
}

/** The store, in which `r` is deleted right before it is read for the nth time. */
function deletedBefore(
  nth: number,
  inner: RunStore,
): { store: RunStore; isDeleted: () => boolean } {
  let reads = 0;
  const store = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const isRead = String(name).startsWith('read') && args[0] === 'r';
        if (isRead && ++reads === nth) await inner.deleteRun('r');
        return member.apply(target, args);
      };
    },
  });
  return { store, isDeleted: () => reads >= nth };
}

describe('a run that has ended and is deleted while it is', () => {
  it('resumed is unknown, and nothing of it runs again', async () => {
    for (let nth = 1; ; nth++) {
      const { clock, store: inner, orders, calls } = await ended();
      const { store, isDeleted } = deletedBefore(nth, inner);
      const finished = resume(orders, 'r', { store, clock }).then((run) => run.finished);
      const outcome = await finished.catch((error: unknown) => error);
      expect(calls.count, `deleted before read ${nth}`).toBe(2);
      if (!isDeleted()) {
        expect(nth, 'it was deleted in several places').toBeGreaterThan(4);
        expect(outcome).toMatchObject({ status: 'Succeeded' });
        return;
      }
      expect(outcome).toMatchObject({ code: 'RUN_UNKNOWN' });
    }
  });

  it('repeated is unknown, and what had succeeded does not run again', async () => {
    for (let nth = 1; ; nth++) {
      const { clock, store: inner, orders, calls } = await ended();
      const { store, isDeleted } = deletedBefore(nth, inner);
      const finished = rerun(orders, 'r', { store, clock, runId: 'again' }).then(
        (run) => run.finished,
      );
      const outcome = await finished.catch((error: unknown) => error);
      expect(calls.count, `deleted before read ${nth}`).toBe(2);
      if (!isDeleted()) {
        expect(nth, 'it was deleted in several places').toBeGreaterThan(4);
        expect(outcome).toMatchObject({ status: 'Succeeded' });
        return;
      }
      expect(outcome).toMatchObject({ code: 'RUN_UNKNOWN' });
    }
  });
});

describe('clearing up', () => {
  /** Runs of ids `0` to `n`, which ended one after the other. */
  async function filled(count: number) {
    const clock = virtualClock();
    const store = memoryRunStore({ clock, retention: '7d' });
    for (let n = 0; n < count; n++) {
      const writer = await create(store, `${n}`, { startTime: n });
      await store.endRun(writer, { status: 'Succeeded', endTime: n });
    }
    return { clock, store };
  }

  it('does not delete a run that was created anew since it was listed', async () => {
    const { store } = await filled(3);
    const listing = new Proxy(store, {
      get(target, name) {
        if (name !== 'listRuns') return Reflect.get(target, name).bind?.(target);
        return async function* (...query: Parameters<RunStore['listRuns']>) {
          for await (const run of target.listRuns(...query)) {
            if (run.runId === '1') {
              await target.deleteRun('1');
              await target.createRun(aRun('1'), aLease('me'));
            }
            yield run;
          }
        };
      },
    });
    expect(await deleteRuns(listing)).toBe(2);
    expect(await store.readRun('1')).toMatchObject({ lease: { holder: 'me' } });
  });

  it('in many processes at once deletes everything, and most leave it to another one', async () => {
    const { clock, store: inner } = await filled(200);
    let deletions = 0;
    const process = () =>
      new Proxy(inner, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            if (name === 'deleteRun') deletions++;
            return member.apply(target, args);
          };
        },
      });
    const empty = workflow('Empty', () => undefined);
    await clock.advance(8 * day);
    const stores = Array.from({ length: 20 }, process);
    await Promise.all(stores.map((store) => start(empty, undefined, { store, clock }).finished));

    const left = async () => {
      let count = 0;
      for await (const run of inner.listRuns({ workflow: 'Fulfil_Order' })) count += run ? 1 : 0;
      return count;
    };
    await expect.poll(left).toBe(0);
    expect(deletions).toBeGreaterThanOrEqual(200);
    expect(deletions).toBeLessThan(400);
  });
});
