/**
 * What a good engineer writes by hand with @azure/storage-blob: read, change, write with If-Match, and the
 * whole of it again after a 412. The waits are those of update(): full jitter, 10 ms, doubled up to 1 s.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { PlaceOf } from 'integration-tests/places';
import type { Count } from './tallies.ts';

/** Makes a blob with the number 0, and gives what adds 1 to it and says what it has made of it. */
export async function inRetryLoop({
  url,
  container,
}: PlaceOf<'azurite'>): Promise<() => Promise<number>> {
  const { ContainerClient, RestError } = await import('@azure/storage-blob');
  const blob = new ContainerClient(url, container).getBlockBlobClient(randomUUID());
  await write({ n: 0 });
  return addOne;

  async function addOne(): Promise<number> {
    for (let longest = 10; ; longest = Math.min(2 * longest, 1_000)) {
      const { etag = '', readableStreamBody } = await blob.download();
      const count: Count = JSON.parse(await textOf(readableStreamBody));
      const n = count.n + 1;
      try {
        await write({ n }, etag);
        return n;
      } catch (error) {
        if (!(error instanceof RestError && error.statusCode === 412)) throw error;
      }
      await setTimeout(Math.random() * longest);
    }
  }

  async function write(count: Count, etag?: string): Promise<void> {
    const body = JSON.stringify(count);
    const conditions = etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag };
    await blob.upload(body, Buffer.byteLength(body), { conditions });
  }
}

async function textOf(content: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
