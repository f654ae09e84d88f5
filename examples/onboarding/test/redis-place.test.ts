import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { openRedisPlace, RedisMissingError } from '../src/distributed/redis-place.ts';

afterEach(() => vi.unstubAllEnvs());

test('without a Redis to meet in, it says what to install or to name', async () => {
  vi.stubEnv('PATH', '');
  const opened = openRedisPlace(undefined, tmpdir(), 'batch:');
  await expect(opened).rejects.toThrow(RedisMissingError);
  await expect(opened).rejects.toThrow(
    /^There is no Redis to meet in: redis-server is not on the PATH\. Install redis-server .*REDIS_URL=/,
  );
});

test('a Redis that was named and does not answer is told at once, without its password', async () => {
  const opened = openRedisPlace('redis://:secret@127.0.0.1:1', tmpdir(), 'batch:');
  await expect(opened).rejects.toThrow(RedisMissingError);
  await expect(opened).rejects.toThrow(
    /^The Redis that REDIS_URL names does not answer: .*ECONNREF/,
  );
  await expect(opened).rejects.not.toThrow('secret');
});
