/** A run on Redis whose process is killed: another one goes on with it, and hears of what comes. */
import { signal } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import { afterAll, expect, it } from 'vitest';
import { killPrograms, Program } from '../durable/program.ts';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

const program = new URL('./programs/order-program.ts', import.meta.url);

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);
  afterAll(killPrograms);

  it('a run goes on in another process, with what was done and no more of it', async () => {
    const prefix = server.freshPrefix();
    const first = new Program(program, { url, prefix, hangs: true });
    await first.until(() => first.said.includes('pays A-17'));
    first.kill('SIGKILL');
    await first.ended;

    const second = new Program(program, { url, prefix, hangs: false });
    await second.until(() => second.said.includes('pays A-17'));
    const store = redisRunStore(url, { prefix });
    expect(await signal(store, 'order-17', 'approval', 'Ann')).toBe('kept');

    expect(await second.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(second.said, 'it does not reserve again').toEqual(['pays A-17', 'A-17 for Ann']);
    expect(await store.readRun('order-17')).toMatchObject({ end: { status: 'Succeeded' } });
    await store.close();
  }, 60_000);
});
