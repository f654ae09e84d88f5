/** What goes over the wire: how often a write is sent, and where the container comes from. */
import { ContainerClient, StorageRetryPolicyType } from '@azure/storage-blob';
import { blobDocumentStore } from '@runafter/azure-blob';
import { expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { faultyAccount } from './faulty-account.ts';
import { listedKeys } from './listed-keys.ts';

/** As eager as a client can be told to be. */
const eager = {
  retryOptions: {
    maxTries: 5,
    retryDelayInMs: 1,
    maxRetryDelayInMs: 5,
    retryPolicyType: StorageRetryPolicyType.FIXED,
  },
};

await onService('azurite', ({ url, container }) => {
  async function throughProxy() {
    const { connectionString, proxy } = await faultyAccount(url);
    onTestFinished(() => proxy.close());
    const sent = (method: string) => proxy.requests.filter((request) => request.method === method);
    return { connectionString, proxy, sent };
  }

  it('a write whose reply was lost is sent once, also by a client that retries', async () => {
    const { connectionString, proxy, sent } = await throughProxy();
    const client = new ContainerClient(connectionString, container, eager);
    const store = blobDocumentStore<number>(client);

    proxy.loseReply();
    await expect(store.create('sent-once', 1)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(sent('PUT')).toHaveLength(1);
    const written = await store.read('sent-once');
    expect(written?.value, 'it was carried out').toBe(1);

    proxy.loseReply();
    await expect(store.remove('sent-once', written ?? '')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(sent('DELETE')).toHaveLength(1);
  });

  it('a read is retried by a client that retries, and by no other', async () => {
    const { connectionString, proxy, sent } = await throughProxy();
    const retrying = blobDocumentStore<number>(
      new ContainerClient(connectionString, container, eager),
    );
    proxy.loseReply();
    expect(await retrying.read('nothing-here')).toBeUndefined();
    expect(sent('GET')).toHaveLength(2);

    proxy.loseReply();
    const own = blobDocumentStore<number>({ connectionString, container });
    await expect(own.read('nothing-here')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
    expect(sent('GET')).toHaveLength(3);
  });

  it('the policies and headers of a client that was handed over are those of the writes, too', async () => {
    const { connectionString, sent } = await throughProxy();
    const client = new ContainerClient(connectionString, container, {
      ...eager,
      userAgentOptions: { userAgentPrefix: 'our-agent/1' },
    });
    await blobDocumentStore<number>(client).create('with-agent', 1);
    expect(sent('PUT')[0]?.headers['user-agent']).toMatch(/^our-agent\/1 /);
  });

  it('a missing container is empty, and the first document makes it, whoever is first', async () => {
    const missing = `${container}-made`;
    const client = new ContainerClient(url, missing);
    onTestFinished(async () => void (await client.deleteIfExists()));
    const stores = Array.from({ length: 5 }, () =>
      blobDocumentStore<number>({ connectionString: url, container: missing }),
    );
    const [store] = stores as [(typeof stores)[number]];

    expect(await store.read('order-1')).toBeUndefined();
    expect(await listedKeys(store)).toEqual([]);
    await expect(store.replace('order-1', 1, '"0x1"')).rejects.toMatchObject({
      code: 'ETAG_MISMATCH',
    });
    expect(await client.exists(), 'nothing of that makes it').toBe(false);

    await Promise.all(stores.map((each, n) => each.create(`order-${n}`, n)));
    expect(await listedKeys(store)).toHaveLength(5);
  });

  it('an aborted call ends with the reason of its signal, before and while it is sent', async () => {
    const { connectionString, proxy } = await throughProxy();
    const store = blobDocumentStore<number>({ connectionString, container });
    const reason = new Error('enough');
    const controller = new AbortController();
    proxy.loseReply(async () => controller.abort(reason));
    await expect(store.create('aborted', 1, { signal: controller.signal })).rejects.toBe(reason);
    await expect(store.read('aborted', { signal: controller.signal })).rejects.toBe(reason);
  });

  it('a connection that is refused means that nothing was done', async () => {
    const { connectionString, proxy } = await throughProxy();
    await proxy.close();
    const store = blobDocumentStore<number>({ connectionString, container });
    await expect(store.create('unreachable', 1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });

  it('wrong credentials are refused, and the key is in no message', async () => {
    const key = Buffer.from('not the key of the account').toString('base64');
    const connectionString = url.replace(/AccountKey=[^;]+/, `AccountKey=${key}`);
    const store = blobDocumentStore<number>({ connectionString, container });
    const error = await store.create('forbidden', 1).catch((failure: Error) => failure);
    expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(String(error)).toContain('rights');
    expect(String(error)).not.toContain(key);
  });
});
