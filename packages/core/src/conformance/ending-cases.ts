/** How a run ends. */
import { describe, expect, it } from 'vitest';
import type { RunEnd } from '../ports/run-store.ts';
import { aLease, anOutcome, create, record, type Setting } from './setting.ts';

const failed: RunEnd = {
  status: 'Failed',
  error: { code: 'HTTP_503', message: 'Mail failed.' },
  endTime: 1_764_000_000_000,
};

export function endingCases(setting: Setting): void {
  describe('the end of a run', () => {
    it('is there for every connection, and the lease is free again', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      expect(await store.endRun(writer, failed)).toBe(true);

      expect(await other.readRun('r')).toMatchObject({ end: failed, lease: undefined });
      expect((await other.acquireLease('r', aLease('me'))).state).toBe('granted');
    });

    it('is the first one, and stays it', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.endRun(writer, failed);
      await other.endRun(writer, { status: 'Succeeded', endTime: 5 });
      expect((await store.readRun('r'))?.end).toEqual(failed);
    });

    it('is kept as it was, whatever is done with it afterwards', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const end = { ...failed, error: { code: 'FIRST', message: 'first' } };
      const ended = store.endRun(writer, end);
      end.error.code = 'CHANGED';
      Object.assign(end, { status: 'Succeeded' });
      await ended;
      expect((await store.readRun('r'))?.end).toEqual({
        ...failed,
        error: { code: 'FIRST', message: 'first' },
      });
    });

    it('leaves the lease free, also after a renewal that was on its way', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await store.endRun(writer, failed);
      await store.renewLease(writer, 1_000);
      expect((await store.readRun('r'))?.lease, 'an ended run is held by nobody').toBeUndefined();
    });

    it('leaves what was recorded to be read', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await record(store, writer, anOutcome('', 'A'));
      await store.endRun(writer, failed);
      expect(await other.readFrame('r', '')).toEqual([anOutcome('', 'A')]);
    });
  });
}
