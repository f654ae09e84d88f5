/** Jobs on their way into a queue share requests, and are tried again until nobody wants them any more. */
import { virtualClock } from '@runafter/clock';
import { expect, it } from 'vitest';
import { Outbox } from '../src/outbox.ts';
import type { NewJob } from '../src/queues.ts';

const job = (id: string): NewJob => ({ id, name: id, data: {} });
const wanted = new AbortController().signal;

/** A queue that notes its requests, each of which fails for as long as `failures` has something. */
function aQueue(failures: Error[] = []) {
  const requests: string[][] = [];
  const add = async (_: string, jobs: readonly NewJob[]): Promise<void> => {
    requests.push(jobs.map(({ id }) => id));
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  };
  return { requests, add };
}

it('what comes in one turn, and while a request is under way, goes together', async () => {
  const queue = aQueue();
  const outbox = new Outbox(queue, virtualClock(), () => undefined);
  const first = ['a', 'b'].map((id) => outbox.put('q', job(id), wanted));
  await Promise.resolve();
  const later = ['c', 'd', 'e'].map((id) => outbox.put('q', job(id), wanted));
  await Promise.all([...first, ...later]);
  expect(queue.requests.flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(queue.requests.length).toBeLessThan(4);
});

it('a request that fails is told, and made again', async () => {
  const clock = virtualClock({ autoAdvance: true });
  const faults: Error[] = [];
  const queue = aQueue([new Error('one'), new Error('two')]);
  const outbox = new Outbox(queue, clock, (fault) => faults.push(fault));
  const put = outbox.put('q', job('a'), wanted);
  await put;
  expect(queue.requests).toEqual([['a'], ['a'], ['a']]);
  expect(faults.map(({ message }) => message)).toEqual(['one', 'two']);
});

it('what is not wanted any more is not tried again', async () => {
  const clock = virtualClock({ autoAdvance: true });
  const queue = aQueue([new Error('away')]);
  const over = new AbortController();
  const outbox = new Outbox(queue, clock, () => over.abort(new Error('over')));
  await expect(outbox.put('q', job('a'), over.signal)).rejects.toThrow('over');
  expect(queue.requests).toEqual([['a']]);
});
