/** How locks lie in a container, and what people with rights to it can do to them. */
import { randomUUID } from 'node:crypto';
import { ContainerClient } from '@azure/storage-blob';
import { type BlobLockOptions, blobDocumentStore, blobLock } from '@runafter/azure-blob';
import type { Duration } from '@runafter/clock';
import type { Lease } from '@runafter/lock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { clockAhead } from './clock-ahead.ts';
import { fastClock } from './fast-clock.ts';
import { listedKeys } from './listed-keys.ts';
import { operationOf, watchedAccount } from './watched-account.ts';

await onService('azurite', ({ url, container }) => {
  const prefix = `${randomUUID()}/`;
  const client = new ContainerClient(url, container);
  const blobOf = (name: string) => client.getBlockBlobClient(`${prefix}${name}.lock`);

  function lockOn(options?: BlobLockOptions, place = { connectionString: url, container }) {
    const lock = blobLock(place, { prefix, ...options });
    onTestFinished(() => lock.close());
    return lock;
  }

  /** Its holder renews each second, and gives up within three. */
  const hasty = (): BlobLockOptions => ({ clock: fastClock(10), ttl: '30s', timeout: '2m' });

  async function lossOf(lease: Lease): Promise<unknown> {
    if (!lease.signal.aborted) {
      await new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
    }
    return lease.signal.reason;
  }

  it('the blob of a lock says who has had it last, and how often it was had', async () => {
    const lock = lockOn({ holder: 'büro 1: 50 %' });
    await (await lock.acquire('report')).release();
    const lease = await lock.acquire('report');
    const { metadata, leaseState, leaseDuration, contentLength } =
      await blobOf('report').getProperties();
    expect(decodeURI(metadata?.owner ?? '')).toBe(lease.owner);
    expect(metadata?.token).toBe('2');
    expect({ leaseState, leaseDuration, contentLength }).toEqual({
      leaseState: 'leased',
      leaseDuration: 'fixed',
      contentLength: 0,
    });
    await lease.release();
    expect((await blobOf('report').getProperties()).leaseState).toBe('available');
  });

  it('locks and documents share a container, and even a prefix, without meeting', async () => {
    const documents = blobDocumentStore<number>({ connectionString: url, container }, { prefix });
    await documents.create('a', 1);
    await documents.create('a.lock', 2);
    await using _first = await lockOn().acquire('a');
    await using _second = await lockOn().acquire('a.json');
    expect(await listedKeys(documents)).toEqual(['a', 'a.lock']);
    await documents.replace('a', 3, (await documents.read('a')) ?? '');
  });

  it('every name has a blob of its own', async () => {
    const names = [
      ...['a', 'A', 'a.', 'a/', '/a', 'a//b', 'a/b', 'a\\b', 'a/../b', '..', '%41', 'a~2fb', '~'],
      ...[
        ' a ',
        'a ',
        ' a',
        '\t\r\n',
        '\u0000',
        '\u00e9',
        'e\u0301',
        'ß',
        '😀',
        '?',
        '#',
        '\uffff',
      ],
      ...['x'.repeat(199), 'x'.repeat(5_000), `${'x'.repeat(5_000)}y`, '\uffff'.repeat(199)],
    ];
    const lock = lockOn({ prefix: `${prefix}names/` });
    const leases = await Promise.all(names.map((name) => lock.acquire(name, { wait: 0 })));
    expect(leases.map(({ token }) => token)).toEqual(names.map(() => 1n));
    await Promise.all(leases.map((lease) => lease.release()));
  });

  it.each<Duration>(['14s', '61s', 15_500, '1m 1ms', 0])(
    'a ttl of %s is refused, and asks nobody',
    async (ttl) => {
      const account = await watchedAccount(url);
      onTestFinished(() => account.close());
      const place = { connectionString: account.connectionString, container };
      await expect(lockOn({}, place).acquire('short', { ttl })).rejects.toMatchObject({
        code: 'LOCK_OPTION_INVALID',
        option: 'ttl',
      });
      expect(() => lockOn({ ttl }, place)).toThrow('15000 to 60000 ms');
      expect(account.requests).toEqual([]);
    },
  );

  it.each<Duration>(['15s', '60s'])('a ttl of %s is granted', async (ttl) => {
    await using _lease = await lockOn().acquire(`ttl ${ttl}`, { ttl });
  });

  describe('a holder', () => {
    it('whose lease an operator breaks has lost it at the next renewal', async () => {
      const lease = await lockOn(hasty()).acquire('broken');
      await blobOf('broken').getBlobLeaseClient().breakLease(0);
      await using next = await lockOn().acquire('broken', { wait: 0 });
      expect(await lossOf(lease)).toMatchObject({ code: 'LEASE_LOST', loss: 'refused' });
      expect(next.token).toBe(lease.token + 1n);
      await lease.release();
      next.assertHeld();
    });

    it('whose lease is broken in a while has lost it already, and others get it then', async () => {
      const lease = await lockOn(hasty()).acquire('breaking');
      await blobOf('breaking').getBlobLeaseClient().breakLease(10);
      const other = lockOn();
      expect(await other.tryAcquire('breaking'), 'it is still there').toBeUndefined();
      expect(await lossOf(lease)).toMatchObject({ code: 'LEASE_LOST', loss: 'refused' });
      // It gives back what is left of it.
      await using _next = await other.acquire('breaking', { wait: '5s' });
    });

    it('whose blob is deleted has lost it, and tokens begin anew', async () => {
      const lock = lockOn(hasty());
      await (await lock.acquire('deleted')).release();
      const lease = await lock.acquire('deleted');
      const leaseId = lease.owner.slice(-36);
      await blobOf('deleted').delete({ conditions: { leaseId } });
      expect(await lossOf(lease)).toMatchObject({ code: 'LEASE_LOST', loss: 'refused' });
      await using next = await lock.acquire('deleted');
      expect(next.token).toBe(1n);
    });

    it('whose container is deleted has lost it, and the next one makes it again', async () => {
      const place = { connectionString: url, container: `${container}-gone` };
      const whole = new ContainerClient(place.connectionString, place.container);
      onTestFinished(async () => void (await whole.deleteIfExists()));
      const lock = lockOn(hasty(), place);
      const lease = await lock.acquire('deleted');
      await whole.delete();
      expect(await lossOf(lease)).toMatchObject({ code: 'LEASE_LOST' });
      await using _next = await lock.acquire('deleted');
    });

    it('that has slept past its time asks for no renewal: this service would grant it', async () => {
      const account = await watchedAccount(url);
      onTestFinished(() => account.close());
      const clock = clockAhead();
      const place = { connectionString: account.connectionString, container };
      const lease = await lockOn({ clock, ttl: '15s' }, place).acquire('slept');
      clock.setForward(14_000);
      expect(() => lease.assertHeld()).toThrow(
        expect.objectContaining({ code: 'LEASE_LOST', loss: 'expired' }),
      );
      await using _next = await lockOn().acquire('slept', { wait: '5s' });
      expect(account.said().at(-1)).toBe('release');
      expect(account.requests.map(operationOf)).not.toContain('renew');
    });
  });

  describe('a token', () => {
    it('comes from another counter where there is one, and survives the blob then', async () => {
      let count = 40n;
      const tokens = { addAndGet: async () => ++count };
      const lock = lockOn({ tokens });
      const first = await lock.acquire('counted elsewhere');
      await first.release();
      await blobOf('counted elsewhere').delete();
      await using second = await lock.acquire('counted elsewhere');
      expect([first.token, second.token]).toEqual([41n, 42n]);
    });

    it('goes on from the number that an operator writes', async () => {
      await blobOf('migrated').upload('', 0, { metadata: { token: '9007199254740993' } });
      await using lease = await lockOn().acquire('migrated');
      expect(lease.token).toBe(9_007_199_254_740_994n);
    });

    it('does not begin anew when a person rewrites the metadata', async () => {
      const lock = lockOn();
      for (const _ of [1, 2]) await (await lock.acquire('rewritten')).release();
      await blobOf('rewritten').setMetadata({ note: 'mine' });
      await expect(lock.acquire('rewritten')).rejects.toMatchObject({
        code: 'SERVICE_REFUSED',
        message: expect.stringContaining('(2, as far as this process knows)'),
      });
      await blobOf('rewritten').setMetadata({ note: 'mine', token: '2' });
      await using lease = await lock.acquire('rewritten');
      expect(lease.token).toBe(3n);
    });

    it('that is no number is refused, and the blob is not left leased', async () => {
      const metadata = { token: 'seven' };
      await blobOf('spoilt').upload('', 0, { metadata });
      const lock = lockOn();
      await expect(lock.acquire('spoilt')).rejects.toMatchObject({
        code: 'SERVICE_REFUSED',
        message: expect.stringContaining(`${prefix}spoilt.lock`),
      });
      await lock.close();
      expect(await blobOf('spoilt').getProperties()).toMatchObject({
        leaseState: 'available',
        metadata,
      });
    });
  });

  it('while something else has leased the blob, nobody is granted it', async () => {
    await (await lockOn().acquire('leased by hand')).release();
    const lease = blobOf('leased by hand').getBlobLeaseClient();
    await lease.acquireLease(-1);
    await expect(
      lockOn({ poll: '20ms' }).acquire('leased by hand', { wait: '200ms' }),
    ).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      heldBy: undefined,
    });
    await lease.releaseLease();
  });
});
