/** A whole run on Redis whose large texts are blobs: what is where, and what is left. */
import { blobDocumentStore } from '@runafter/azure-blob';
import { claimCheck, deleteRuns, type Flow, resume, start, workflow } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import { Redis } from 'ioredis';
import { afterAll, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';

await onService('redis', async (redis) => {
  const client = new Redis(redis.url);
  afterAll(() => client.quit());

  await onService('azurite', ({ url, container }) => {
    it('a loop with large outputs is resumed, and its deletion leaves nothing behind', async () => {
      const { prefix } = redis;
      const documents = blobDocumentStore<string>({ connectionString: url, container });
      const process = () => claimCheck(redisRunStore(redis.url, { prefix }), documents);
      let started = 0;
      const reports = workflow('Reports', (flow: Flow<number[]>) =>
        flow.forEach(
          'Reports',
          [],
          (_, { input }) => input,
          (each) =>
            each.action('Report', async ({ item, signal }) => {
              // The first process gets no further than this.
              if (++started === 30)
                await new Promise((_, stop) => signal.addEventListener('abort', stop));
              return `${item}`.repeat(100_000);
            }),
          { concurrency: 4 },
        ),
      );
      const items = Array.from({ length: 40 }, (_, n) => n % 10);

      const before = process();
      const first = start(reports, items, { store: before, runId: 'week-47' });
      const suspended = expect(first.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' });
      await expect.poll(() => started).toBeGreaterThanOrEqual(30);
      await first.suspend();
      await suspended;
      await before.close();
      const after = process();
      const result = await (await resume(reports, 'week-47', { store: after })).finished;

      expect(result.status).toBe('Succeeded');
      const outputs = result.status === 'Succeeded' ? result.outputs : undefined;
      expect(outputs?.map((report) => report.length)).toEqual(items.map(() => 100_000));
      expect(outputs?.map((report) => Number(report[0]))).toEqual(items);
      for (const key of await client.keys(`${prefix}*`)) {
        expect(await client.memory('USAGE', key)).toBeLessThan(65_536);
      }
      expect(await deleteRuns(after)).toBe(1);
      for await (const { key } of documents.list('')) expect.fail(`${key} was left.`);
      await after.close();
    });
  });
});
