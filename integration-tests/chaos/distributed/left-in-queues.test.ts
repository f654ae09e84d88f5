/** Which keys in Redis are of a queue itself, and which are of jobs that should have gone. */
import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { leftInQueues } from './left-in-queues.ts';

/** A server with these keys: jobs as objects, and lists of their ids. */
function having(values: Readonly<Record<string, object | readonly string[]>>): Redis {
  const keys = Object.keys(values);
  const isList = (key: string) => Array.isArray(values[key]);
  const server = {
    scanStream: () => [keys.slice(0, 2), keys.slice(2)],
    type: async (key: string) => (isList(key) ? 'list' : 'hash'),
    exists: async (key: string) => (key in values ? 1 : 0),
    lrange: async (key: string) => values[key],
    hmget: async (key: string, ...fields: (keyof object)[]) =>
      fields.map((field) => values[key]?.[field] ?? null),
  };
  return server as unknown as Redis;
}

it('a queue without jobs is empty, also when somebody is asked to look for lost runs', async () => {
  const own = { 'chaos:runs:meta': {}, 'chaos:runs:events': {}, 'chaos:runs:de:sweep': {} };
  expect(await leftInQueues(having(own))).toEqual([]);
  const sweep = { 'chaos:runs:wait': ['17'], 'chaos:runs:17': { name: 'sweep', data: '{}' } };
  expect(await leftInQueues(having({ ...own, ...sweep }))).toEqual([]);
});

it('a job is left, in a list or not, and it is said why it failed', async () => {
  const jobs = {
    'chaos:runs:run-1': { name: 'Plan', data: '{}' },
    'chaos:runs:run-2': { name: 'Plan', data: '{}', failedReason: 'No memory.' },
    'chaos:runs:failed': ['run-2'],
  };
  expect(await leftInQueues(having(jobs))).toEqual([
    'chaos:runs:run-1',
    'chaos:runs:run-2, which failed: No memory.',
  ]);
});

it('what a list names and is not there is left', async () => {
  expect(await leftInQueues(having({ 'chaos:runs:wait': ['run-3'] }))).toEqual([
    'chaos:runs:wait names run-3, which is not there',
  ]);
});
