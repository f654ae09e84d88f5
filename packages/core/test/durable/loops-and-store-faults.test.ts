/**
 * A store that cannot be read for a moment ends the run here, and not the loop.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type Items, memoryRunStore, type RunStore, resume, workflow } from '@runafter/core';
import { expect, it } from 'vitest';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

/** Refuses the first read of this kind, of a path that begins so. */
function busyOnce(inner: RunStore, method: 'readFrame' | 'readState', path: string): RunStore {
  let hasRefused = false;
  return new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const isMeant = name === method && String(args[1]).startsWith(path);
        if (!isMeant || hasRefused) return member.apply(target, args);
        hasRefused = true;
        return Promise.reject(Object.assign(new Error('Busy.'), { code: 'STORE_BUSY' }));
      };
    },
  });
}

async function* stream() {
  yield* ['a', 'b', 'c', 'd'];
}

it.each<[string, () => Items<string>, 'readFrame' | 'readState', string]>([
  ['an array, whose outcomes', () => ['a', 'b', 'c', 'd'], 'readFrame', 'Each'],
  ['an array, whose items', () => ['a', 'b', 'c', 'd'], 'readState', 'Each[]'],
  ['a stream, whose outcomes', stream, 'readFrame', 'Each'],
])('a loop over %s cannot be read once, goes on afterwards', async (_, items, method, path) => {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const write = (process: MortalProcess) =>
    workflow('Loop', (flow) =>
      flow.forEach(
        'Each',
        [],
        items,
        (each) => each.action('Work', (context) => slowly(process, context, context.item, '10s')),
        { id: (item) => item },
      ),
    );
  const first = new MortalProcess(store, clock);
  first.start(write(first), undefined);
  clock.setTimer(25_000, () => first.kill());
  await first.died;
  await first.bury();
  const second = new MortalProcess(busyOnce(store, method, path), clock);
  const failed = resume(write(second), 'r', second.place).then((run) => run.finished);
  await expect(failed).rejects.toMatchObject({ code: 'STORE_BUSY' });
  const third = new MortalProcess(store, clock);
  const run = await resume(write(third), 'r', third.place);

  expect(await run.finished).toMatchObject({
    status: 'Succeeded',
    outputs: ['a', 'b', 'c', 'd'],
  });
  expect(second.calls).toEqual([]);
  expect(third.calls).toHaveLength(2);
});
