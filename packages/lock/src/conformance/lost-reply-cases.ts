/** What the service has done counts, whether its reply has arrived or not. */
import { beforeEach, describe, expect, it } from 'vitest';
import { clockOf, faulty, need, type Setting, soon } from './setting.ts';

export function lostReplyCases(setting: Setting): void {
  describe('a request whose reply is lost', () => {
    beforeEach(need(setting, 'faults'));

    it('to acquire is made again, and the name is held once', async () => {
      const { other } = setting;
      const { lock, loseReply } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      for (let round = 0; round < 3; round++) {
        loseReply();
        const lease = await lock.acquire('job', { wait: '20s' });
        lease.assertHeld();
        expect(await other.tryAcquire('job')).toBeUndefined();
        await lease.release();
        await using next = await other.acquire('job', { wait: soon });
        expect(next.token).toBeGreaterThan(lease.token);
      }
    });

    it('to acquire what others want as well leaves one holder', async () => {
      const { other } = setting;
      const { lock, loseReply } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      loseReply(async () => {
        const rival = await other.tryAcquire('job');
        await rival?.release();
      });
      await using lease = await lock.acquire('job', { wait: '20s' });
      lease.assertHeld();
      expect(await other.tryAcquire('job')).toBeUndefined();
    });

    it('to try leaves nothing behind when it is told to have failed', async () => {
      const { lock, loseReply } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      loseReply();
      const lease = await lock.tryAcquire('job').catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      });
      await lease?.release();
      await using next = await setting.other.acquire('job', { wait: soon });
      next.assertHeld();
    });

    it('to release has released', async () => {
      const { other } = setting;
      const { lock, loseReply } = await faulty(setting);
      const lease = await lock.acquire('job');
      loseReply();
      await lease.release();
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      await using next = await other.acquire('job', { wait: soon });
      next.assertHeld();
    });

    it('to release does not take the name from who has it by then', async () => {
      const { other, place } = setting;
      const { lock, loseReply } = await faulty(setting);
      const third = await place.connect();
      const lease = await lock.acquire('job');
      const next = other.acquire('job', { wait: '20s' });
      loseReply(async () => {
        await next;
      });
      await lease.release();
      (await next).assertHeld();
      expect(await third.tryAcquire('job')).toBeUndefined();
    });
  });

  describe('a service that is away', () => {
    beforeEach(need(setting, 'faults'));

    it('is asked again by who waits, until it is there', async () => {
      const { lock, cut, heal } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      cut();
      const acquiring = lock.acquire('job', { wait: '30s' });
      await clockOf(setting).sleep(200);
      heal();
      await using lease = await acquiring;
      lease.assertHeld();
      expect(await setting.other.tryAcquire('job')).toBeUndefined();
    });

    it('is heard of again by who waits, when it was away during the release', async (context) => {
      need(setting, 'wakes')(context);
      const { lock: holding } = setting;
      const { lock, cut, heal } = await faulty(setting, { poll: '1m' });
      const lease = await holding.acquire('job');
      const acquiring = lock.acquire('job', { wait: '20s' });
      await clockOf(setting).sleep(200);
      cut();
      await lease.release();
      await clockOf(setting).sleep(200);
      heal();
      (await acquiring).assertHeld();
    });

    it('is told to who tries, and who waits may wait no longer than for what is held', async () => {
      const { lock, cut, heal } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      cut();
      await expect(lock.tryAcquire('job')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      await expect(lock.acquire('other-job', { wait: '1s' })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
      });
      heal();
      await using next = await setting.other.acquire('job', { wait: '20s' });
      next.assertHeld();
    });
  });
}
