/** Which keys in Redis are of a queue itself, and which are of jobs that should have gone. */
import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { leftInQueues } from './left-in-queues.ts';

/** A server with these keys, of which it gives two first and then the others, and these jobs that are delayed. */
function having(keys: readonly string[], delayed: readonly string[] = []): Redis {
  const server = {
    scanStream: () => [keys.slice(0, 2), keys.slice(2)],
    zrange: async () => delayed,
  };
  return server as unknown as Redis;
}

it('a queue without jobs is empty', async () => {
  const own = ['chaos:runs:meta', 'chaos:runs:events', 'chaos:runs:stalled-check'];
  expect(await leftInQueues(having(own))).toEqual([]);
});

it('jobs, their locks, and lists of them are left', async () => {
  const left = [
    'chaos:runs:run-1',
    'chaos:runs:run-1:lock',
    'chaos:runs:failed',
    'chaos:runs:wait',
  ];
  expect(await leftInQueues(having(['chaos:runs:meta', ...left]))).toEqual(left);
});

it('the next turn of what comes again and again is not left, and another delayed job is', async () => {
  const own = ['chaos:runs:repeat', 'chaos:runs:repeat:sweep', 'chaos:runs:delayed'];
  expect(await leftInQueues(having(own, ['repeat:sweep:17']))).toEqual([]);
  const left = ['chaos:runs:delayed run-1'];
  expect(await leftInQueues(having(own, ['repeat:sweep:17', 'run-1']))).toEqual(left);
});
