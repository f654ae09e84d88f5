/** What a lock costs in requests, and what becomes of it when their replies are lost. */
import { randomUUID } from 'node:crypto';
import { ContainerClient } from '@azure/storage-blob';
import { type BlobLockOptions, blobLock } from '@runafter/azure-blob';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RecordedRequest } from '../http/recording-proxy.ts';
import { onService } from '../services/on-service.ts';
import { fastClock } from './fast-clock.ts';
import { operationOf, watchedAccount } from './watched-account.ts';

await onService('azurite', ({ url, container }) => {
  async function watched() {
    const account = await watchedAccount(url);
    onTestFinished(() => account.close());
    return account;
  }

  function lockOn(connectionString: string, options?: BlobLockOptions) {
    const lock = blobLock({ connectionString, container }, { prefix, ...options });
    onTestFinished(() => lock.close());
    return lock;
  }

  const prefix = `${randomUUID()}/`;

  it('the first lock makes its container and its blob, and gets its token with it', async () => {
    const account = await watched();
    const missing = `${container}-made`;
    onTestFinished(async () => void (await new ContainerClient(url, missing).deleteIfExists()));
    const lock = blobLock({ connectionString: account.connectionString, container: missing });
    const first = await lock.acquire('first');
    expect(first.token).toBe(1n);
    expect(account.said()).toEqual([
      'acquire',
      'make blob',
      'make container',
      'make blob',
      'acquire',
    ]);
    await first.release();
    expect(account.said()).toEqual(['release']);
    await using _second = await lock.acquire('second');
    expect(account.said()).toEqual(['acquire', 'make blob', 'acquire']);
    await lock.close();
  });

  it('who has had a name takes it with two requests, and who has not with three', async () => {
    const account = await watched();
    const here = lockOn(account.connectionString);
    const there = lockOn(account.connectionString);
    for (const lock of [here, there]) await (await lock.acquire('counted')).release();
    account.said();
    const tokens: bigint[] = [];
    for (const lock of [there, there, here, here, there]) {
      const lease = await lock.acquire('counted');
      tokens.push(lease.token);
      await lease.release();
    }
    const [two, three] = [
      ['acquire', 'write metadata', 'release'],
      ['acquire', 'HEAD blob', 'write metadata', 'release'],
    ] as const;
    expect(account.said()).toEqual([...two, ...two, ...three, ...two, ...three]);
    expect(tokens).toEqual([3n, 4n, 5n, 6n, 7n]);
  });

  it('of 20 who wait in one process, one asks at a time, and once who has it', async () => {
    const account = await watched();
    const lease = await lockOn(url).acquire('awaited');
    const lock = lockOn(account.connectionString, { poll: '40ms' });
    const waits = Array.from({ length: 20 }, () => lock.acquire('awaited', { wait: '1m' }));
    await vi.waitFor(() => expect(account.requests.length).toBeGreaterThan(8));
    const [first, second, ...later] = account.said();
    expect([first, second, ...new Set(later)]).toEqual(['acquire', 'HEAD blob', 'acquire']);
    const asked = account.requests.map(({ headers }) => headers['x-ms-proposed-lease-id']);
    expect(new Set(asked.filter((leaseId) => leaseId !== undefined))).toHaveProperty('size', 1);
    await lease.release();
    const tokens: bigint[] = [];
    await Promise.all(
      waits.map(async (wait) => {
        const granted = await wait;
        tokens.push(granted.token);
        await granted.release();
      }),
    );
    expect(tokens).toEqual(tokens.map((_, n) => lease.token + BigInt(n + 1)));
    const granted = account.said().filter((operation) => operation !== 'acquire');
    expect(granted.filter((operation) => operation === 'HEAD blob')).toEqual([]);
    expect(granted).toHaveLength(2 * 20);
  });

  it('renewing is one request', async () => {
    const account = await watched();
    const lock = lockOn(account.connectionString, { clock: fastClock(20), timeout: '1h' });
    await using lease = await lock.acquire('renewed', { ttl: '60s' });
    account.said();
    await vi.waitFor(() => expect(account.requests.length).toBeGreaterThan(5), 10_000);
    expect(new Set(account.said())).toEqual(new Set(['renew']));
    lease.assertHeld();
  });

  it('a request is sent once, also by a client that retries', async () => {
    const account = await watched();
    const retryOptions = { maxTries: 5, retryDelayInMs: 1, maxRetryDelayInMs: 5 };
    const client = new ContainerClient(account.connectionString, container, { retryOptions });
    const lock = blobLock(client, { prefix });
    const lost = account.network.loseNextReply();
    await expect(lock.tryAcquire('sent-once')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'unknown',
    });
    await lost;
    await lock.close();
    expect(account.said()).toEqual(['acquire', 'release']);
  });

  describe('a lost reply', () => {
    /** By a part of the request. */
    const requests: Readonly<Record<string, string>> = {
      acquire: 'x-ms-lease-action: acquire',
      'make blob': 'x-ms-blob-type: BlockBlob',
      'HEAD blob': 'HEAD /',
      'write metadata': 'comp=metadata',
    };

    it.each(Object.keys(requests))('to "%s" costs no more than the time', async (operation) => {
      const account = await watched();
      const lock = lockOn(account.connectionString, { poll: '20ms' });
      const other = lockOn(url);
      const name = `lost ${operation}`;
      if (operation !== 'make blob') await (await other.acquire(name)).release();
      const before = operation === 'make blob' ? 0n : 1n;

      const lost = account.network.loseNextReply((bytes) =>
        bytes.includes(requests[operation] ?? ''),
      );
      const lease = await lock.acquire(name);
      expect(await lost, 'a reply was lost').toBeDefined();
      expect(account.said()).toContain(operation);
      expect(lease.token, 'one owner has one token').toBe(before + 1n);
      expect(await other.tryAcquire(name)).toBeUndefined();
      await lease.release();
      await using next = await other.acquire(name, { wait: 0 });
      expect(next.token).toBe(before + 2n);
    });

    it.each(Object.keys(requests))(
      'to "%s" leaves nothing behind of who gives up',
      async (operation) => {
        const account = await watched();
        const lock = lockOn(account.connectionString);
        const other = lockOn(url);
        const name = `given up ${operation}`;
        if (operation !== 'make blob') await (await other.acquire(name)).release();
        const lost = account.network.loseNextReply((bytes) =>
          bytes.includes(requests[operation] ?? ''),
        );
        await expect(lock.tryAcquire(name)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
        await lost;
        await lock.close();
        await using _lease = await other.acquire(name, { wait: 0 });
      },
    );

    it('to a release counts as released', async () => {
      const account = await watched();
      const lease = await lockOn(account.connectionString).acquire('given back');
      const lost = account.network.loseNextReply();
      await lease.release();
      await lost;
      expect(account.said().filter((operation) => operation === 'release')).toHaveLength(2);
      await using _next = await lockOn(url).acquire('given back', { wait: 0 });
    });
  });

  it('a write of a token that arrives late changes nothing, also when its owner has the lease again', async () => {
    const account = await watched();
    const lock = lockOn(account.connectionString, { poll: '20ms' });
    const other = lockOn(url);
    await (await other.acquire('late')).release();
    const blob = new ContainerClient(url, container).getBlobClient(`${prefix}late.lock`);

    // The first try of this owner writes token 2, and does not learn of it. Then others have their turn.
    let meanwhile = Promise.resolve(0n);
    const taken = account.network.loseNextReply((bytes) => bytes.includes('comp=metadata'));
    void taken.then(() => {
      account.network.refuse();
      meanwhile = (async () => {
        await blob.getBlobLeaseClient().breakLease(0);
        const lease = await other.acquire('late');
        await lease.release();
        account.network.heal();
        return lease.token;
      })();
    });
    const lease = await lock.acquire('late');
    expect(await meanwhile).toBe(3n);
    expect(lease.token).toBe(4n);

    const [first] = account.requests.filter((request) => operationOf(request) === 'write metadata');
    const repeated = await sendAgain(url, first);
    expect(repeated.status).toBe(412);
    expect((await blob.getProperties()).metadata).toMatchObject({ token: '4' });
  });

  it('an abort leaves nothing behind, although the request is on its way', async () => {
    const account = await watched();
    const lock = lockOn(account.connectionString);
    const other = lockOn(url);
    await (await other.acquire('aborted')).release();
    account.network.blackHole('toServer');
    const controller = new AbortController();
    const reason = new Error('enough');
    const acquiring = lock.acquire('aborted', { signal: controller.signal });
    await vi.waitFor(() => expect(account.network.counts.connections).toBe(1));
    controller.abort(reason);
    await expect(acquiring).rejects.toBe(reason);
    account.network.heal();
    await lock.close();
    expect(account.said().at(-1)).toBe('release');
    await using _lease = await other.acquire('aborted', { wait: 0 });
  });
});

/** The very same request, as a network that was slow would deliver it. */
function sendAgain(connectionString: string, request: RecordedRequest | undefined) {
  const [, endpoint = ''] = /BlobEndpoint=([^;]+)/.exec(connectionString) ?? [];
  const { path = '/', method = 'GET', headers = {} } = request ?? {};
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(host|connection|content-length)$/.test(name),
  );
  return fetch(new URL(path, endpoint), { method, headers: kept as [string, string][] });
}
