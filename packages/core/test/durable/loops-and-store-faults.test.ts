/**
 * A store that cannot be read for a moment ends the run here, and not the loop.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type Items, memoryRunStore, type RunStore, resume, workflow } from '@runafter/core';
import { expect, it } from 'vitest';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

/** Refuses the reads of a loop. */
function busy(inner: RunStore): RunStore {
  const refuse = () => Promise.reject(Object.assign(new Error('Busy.'), { code: 'STORE_BUSY' }));
  return new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const isOfLoop = name === 'readFrame' && args[1] === 'Each';
        const isOfItems = name === 'readState' && String(args[1]).startsWith('Each[]');
        return isOfLoop || isOfItems ? refuse() : member.apply(target, args);
      };
    },
  });
}

async function* stream() {
  yield* ['a', 'b', 'c', 'd'];
}

it.each<[string, () => Items<string>]>([
  ['an array', () => ['a', 'b', 'c', 'd']],
  ['a stream', stream],
])('a loop over %s goes on when its store can be read again', async (_, items) => {
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
  const second = new MortalProcess(busy(store), clock);
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
