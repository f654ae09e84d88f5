/** The outcomes of a frame, by key and page by page. */
import { describe, expect, it } from 'vitest';
import type { FrameQuery, RunStore, StoredOutcome, Writer } from '../ports/run-store.ts';
import type { Status } from '../status.ts';
import { anOutcome, create, record, type Setting } from './setting.ts';

export function frameCases(setting: Setting): void {
  describe('reading a frame', () => {
    it('gives numbers first, by their size, and then texts', async () => {
      const { store, other } = setting;
      const keys = [
        '10',
        10,
        'b',
        9,
        'a',
        100,
        '9',
        2,
        Number.MAX_SAFE_INTEGER,
        0,
        2 ** 31,
        2 ** 40,
      ];
      await fill(store, await create(store, 'r'), 'F', keys);

      const numbers = keys.filter((key) => typeof key === 'number').sort((a, b) => a - b);
      expect(await keysOf(other, 'F')).toEqual([...numbers, '10', '9', 'a', 'b']);
    });

    it('gives only its own outcomes', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      for (const frame of ['F', 'F/A', 'F[1]', '', 'f', 'F%', '_']) {
        await fill(store, writer, frame, [frame]);
      }
      await fill(store, await create(store, 's'), 'F', ['of another run']);
      for (const frame of ['F', 'F/A', 'F[1]', '', 'f', 'F%', '_']) {
        expect(await keysOf(store, frame)).toEqual([frame]);
      }
      expect(await keysOf(store, 'G')).toEqual([]);
    });

    it('begins above a key, whether that one is there or not', async () => {
      const { store } = setting;
      await fill(store, await create(store, 'r'), 'F', [1, 2, 3, 20, 'a', 'c']);
      expect(await keysOf(store, 'F', { after: -1 }), 'all are above').toEqual(
        await keysOf(store, 'F'),
      );
      expect(await keysOf(store, 'F', { after: 2 })).toEqual([3, 20, 'a', 'c']);
      expect(await keysOf(store, 'F', { after: 5 })).toEqual([20, 'a', 'c']);
      expect(await keysOf(store, 'F', { after: 99 })).toEqual(['a', 'c']);
      expect(await keysOf(store, 'F', { after: '' }), 'texts are above numbers').toEqual([
        'a',
        'c',
      ]);
      expect(await keysOf(store, 'F', { after: 'a' })).toEqual(['c']);
      expect(await keysOf(store, 'F', { after: 'b' })).toEqual(['c']);
      expect(await keysOf(store, 'F', { after: 'c' })).toEqual([]);
    });

    it('gives an empty key as well', async () => {
      const { store } = setting;
      await fill(store, await create(store, 'r'), 'F', ['', 0, 'a']);
      expect(await keysOf(store, 'F')).toEqual([0, '', 'a']);
      expect(await keysOf(store, 'F', { after: 0 })).toEqual(['', 'a']);
      expect(await keysOf(store, 'F', { keys: [''] })).toEqual(['']);
    });

    it('ends at a limit', async () => {
      const { store } = setting;
      await fill(store, await create(store, 'r'), 'F', [3, 1, 2, 'a']);
      expect(await keysOf(store, 'F', { limit: 2 })).toEqual([1, 2]);
      expect(await keysOf(store, 'F', { limit: 9 })).toEqual([1, 2, 3, 'a']);
      expect(await keysOf(store, 'F', { limit: 1, after: 3 })).toEqual(['a']);
    });

    it('gives only the keys that were asked for, once each and in order', async () => {
      const { store } = setting;
      await fill(store, await create(store, 'r'), 'F', [1, 2, 3, '2', 'a']);
      expect(await keysOf(store, 'F', { keys: ['a', 3, 2, 3, 77, 'x'] })).toEqual([2, 3, 'a']);
      expect(await keysOf(store, 'F', { keys: ['2'] })).toEqual(['2']);
      expect(await keysOf(store, 'F', { keys: [] }), 'none were asked for').toEqual([]);
      expect(await keysOf(store, 'F', { keys: [1, 2, 3, 'a'], after: 1, limit: 2 })).toEqual([
        2, 3,
      ]);
    });

    it('gives only what ended in a status that was asked for', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const statuses: Status[] = ['Succeeded', 'Failed', 'Skipped', 'TimedOut', 'Cancelled'];
      for (const [key, status] of statuses.entries()) {
        await record(store, writer, anOutcome('F', key, { status }));
      }
      expect(await keysOf(store, 'F', { statuses: ['Failed', 'TimedOut'] })).toEqual([1, 3]);
      expect(await keysOf(store, 'F', { statuses: ['Failed', 'TimedOut'], limit: 1 })).toEqual([1]);
      expect(await keysOf(store, 'F', { statuses: ['TimedOut', 'Failed'], after: 1 })).toEqual([3]);
      expect(await keysOf(store, 'F', { statuses: ['Failed'], keys: [0, 1, 2] })).toEqual([1]);
      expect(await keysOf(store, 'F', { statuses })).toHaveLength(5);
    });

    it('of thousands of keys, page by page, gives each of them once', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const count = 3_000;
      // A step that shares no factor with the count visits each key once, far from the order of keys.
      const keys = Array.from({ length: count }, (_, n) => (n * 1_009) % count);
      await Promise.all(keys.map((key) => record(store, writer, anOutcome('F', key))));
      await fill(store, writer, 'F', ['id=b', 'id=a']);

      const pages: StoredOutcome[] = [];
      for (const length of [700, 700, 700, 700, 202, 0]) {
        const page = await other.readFrame('r', 'F', { after: pages.at(-1)?.key, limit: 700 });
        expect(page).toHaveLength(length);
        pages.push(...page);
      }
      const inOrder = Array.from({ length: count }, (_, n) => n);
      expect(pages.map(({ key }) => key)).toEqual([...inOrder, 'id=a', 'id=b']);
      const every = await other.readFrame('r', 'F', { keys: [...inOrder, 'id=a', 'id=b'] });
      expect(every, 'thousands of keys can be asked for at once').toHaveLength(count + 2);
    });

    it('page by page gives each text once, whatever the order in which the store keeps texts', async () => {
      const { store } = setting;
      const keys = [
        'ä',
        'a',
        'Z',
        'z',
        '\u{1F600}',
        '\uFF5E',
        'é',
        'e\u0301',
        'ß',
        'ss',
        ' ',
        'a b',
        '%',
      ];
      await fill(store, await create(store, 'r'), 'F', keys);
      const all = await keysOf(store, 'F');
      expect(new Set(all)).toEqual(new Set(keys));

      const paged: (string | number)[] = [];
      for (let turn = 0; turn <= keys.length; turn++) {
        paged.push(...(await keysOf(store, 'F', { after: paged.at(-1), limit: 1 })));
      }
      expect(paged).toEqual(all);
    });
  });

  async function fill(
    store: RunStore,
    writer: Writer,
    frame: string,
    keys: readonly (string | number)[],
  ): Promise<void> {
    for (const key of keys) await record(store, writer, anOutcome(frame, key));
  }

  async function keysOf(
    store: RunStore,
    frame: string,
    query?: FrameQuery,
  ): Promise<(string | number)[]> {
    return (await store.readFrame('r', frame, query)).map(({ key }) => key);
  }
}
