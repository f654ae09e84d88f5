/** One at a time holds a run, and the token tells who was last. */
import { describe, expect, it } from 'vitest';
import { aLease, aRun, atOnce, create, minute, type Setting, takeOver } from './setting.ts';

export function leaseCases(setting: Setting): void {
  describe('the lease of a run', () => {
    it('is refused to others while it is held, and they are told by whom and until when', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const lease = (await store.readRun('r'))?.lease;

      expect(lease?.holder).toBe('creator');
      expect(await other.acquireLease('r', aLease('me'))).toEqual({ state: 'held', lease });
    });

    it('is not granted twice to the same holder', async () => {
      const { store } = setting;
      await create(store, 'r');
      expect(
        (await store.acquireLease('r', aLease('creator'))).state,
        'two that call themselves the same are still two',
      ).toBe('held');
    });

    it('is granted to exactly one of 50 who ask for it at the same time', async () => {
      const { store, other } = setting;
      await store.releaseLease(await create(store, 'r'));
      const answers = await atOnce(50, (n) =>
        (n % 2 ? store : other).acquireLease('r', aLease(`worker ${n}`)),
      );
      const granted = answers.flatMap(({ state }, n) => (state === 'granted' ? [n] : []));

      expect(granted, 'one at a time holds a run').toHaveLength(1);
      const lease = { holder: `worker ${granted[0]}`, expiresAt: expect.any(Number) };
      expect(
        answers.filter(({ state }) => state !== 'granted'),
        'everybody else is told who it is',
      ).toEqual(Array.from({ length: 49 }, () => ({ state: 'held', lease })));
    });

    it('can be taken by another one when it has expired, and not before', async () => {
      const { store, other, place } = setting;
      await create(store, 'r');
      await place.passTime(minute - 5_000);
      expect((await other.acquireLease('r', aLease('me'))).state, 'five seconds before').toBe(
        'held',
      );
      await place.passTime(10_000);
      expect((await other.acquireLease('r', aLease('me'))).state, 'five seconds after').toBe(
        'granted',
      );
      expect((await store.readRun('r'))?.lease?.holder).toBe('me');
    });

    it('that has expired is taken by exactly one of 50', async () => {
      const { store, other, place } = setting;
      await create(store, 'r');
      await place.passTime(2 * minute);
      const answers = await atOnce(50, (n) =>
        (n % 2 ? store : other).acquireLease('r', aLease(`worker ${n}`)),
      );
      expect(answers.filter(({ state }) => state === 'granted')).toHaveLength(1);
    });

    it('holds for its whole new time from the moment it is renewed', async () => {
      const { store, other, place } = setting;
      const writer = await create(store, 'r');
      await place.passTime(minute - 10_000);
      expect(await store.renewLease(writer, minute)).toBe(true);
      await place.passTime(minute - 10_000);
      expect((await other.acquireLease('r', aLease('me'))).state).toBe('held');
      expect(await store.renewLease(writer, 1_000), 'renewing may also shorten it').toBe(true);
      await place.passTime(2_000);
      expect((await other.acquireLease('r', aLease('me'))).state).toBe('granted');
    });

    it('says when it expires by one and the same clock', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const before = (await store.readRun('r'))?.lease?.expiresAt ?? Number.NaN;
      await store.renewLease(writer, 11 * minute);
      const after = (await store.readRun('r'))?.lease?.expiresAt ?? Number.NaN;

      // A server's clock goes on meanwhile, so it is at least the difference of the two times.
      expect(after - before).toBeGreaterThanOrEqual(10 * minute);
      expect(after - before).toBeLessThan(11 * minute);
    });

    it('that has expired is still shown, and its holder may renew it until another one takes it', async () => {
      const { store, other, place } = setting;
      const writer = await create(store, 'r');
      await place.passTime(2 * minute);
      expect((await other.readRun('r'))?.lease?.holder, 'also one that has expired').toBe(
        'creator',
      );
      expect(await store.renewLease(writer, minute), 'it is nobody else’s').toBe(true);
      expect((await other.acquireLease('r', aLease('me'))).state).toBe('held');
    });

    it('cannot be renewed by whom it was taken from', async () => {
      const { store, other, place } = setting;
      const late = await create(store, 'r');
      await place.passTime(2 * minute);
      await takeOver(other, 'r', 'me');
      const lease = (await store.readRun('r'))?.lease;

      expect(await store.renewLease(late, 10 * minute), 'it is another’s').toBe(false);
      expect((await store.readRun('r'))?.lease, 'and stays as it is').toEqual(lease);
    });

    it('is free at once when it is given back', async () => {
      const { store, other } = setting;
      await store.releaseLease(await create(store, 'r'));

      expect((await other.readRun('r'))?.lease).toBeUndefined();
      expect((await other.acquireLease('r', aLease('me'))).state).toBe('granted');
    });

    it('tells who had it last, unless it was given back', async () => {
      const { store, other, place } = setting;
      await store.createRun(aRun('r'), aLease('nobody yet', 0));
      const first = await other.acquireLease('r', aLease('me'));
      expect(first).toMatchObject({ state: 'granted', expired: 'nobody yet' });
      await place.passTime(2 * minute);
      const second = await store.acquireLease('r', aLease('you'));
      expect(second).toMatchObject({ state: 'granted', expired: 'me' });
      const { token } = second as Extract<typeof second, { state: 'granted' }>;
      await store.releaseLease({ runId: 'r', token });
      expect(await other.acquireLease('r', aLease('me'))).toEqual({
        state: 'granted',
        token: expect.any(Number),
      });
    });

    it('does not come back by a renewal that was on its way when it was given back', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await store.releaseLease(writer);

      expect(await store.renewLease(writer, minute)).toBe(false);
      expect((await store.readRun('r'))?.lease).toBeUndefined();
    });

    it('is not given back by whom it was taken from', async () => {
      const { store, other, place } = setting;
      const late = await create(store, 'r');
      await place.passTime(2 * minute);
      await takeOver(other, 'r', 'me');
      await store.releaseLease(late);

      expect((await store.readRun('r'))?.lease?.holder).toBe('me');
    });

    it('has a token that grows with every grant, after a release and after an expiry', async () => {
      const { store, other, place } = setting;
      const tokens = [(await create(store, 'r')).token];
      for (let round = 0; round < 3; round++) {
        await place.passTime(2 * minute);
        const heir = await takeOver(other, 'r', 'creator');
        await other.releaseLease(heir);
        tokens.push(heir.token, (await takeOver(store, 'r', 'me')).token);
      }
      expect(tokens, 'the token grows with every grant').toEqual(
        [...new Set(tokens)].sort((a, b) => a - b),
      );
    });

    it('has a token that a renewal does not change', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await store.renewLease(writer, minute);
      expect(await store.saveState(writer, 'p', 'mine')).toBe(true);
    });
  });
}
