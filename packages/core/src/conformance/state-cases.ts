/** States: texts at paths, for what has not ended. */
import { describe, expect, it } from 'vitest';
import { anOutcome, create, record, type Setting } from './setting.ts';

export function stateCases(setting: Setting): void {
  describe('a state', () => {
    it('is what was saved last at its path, for every connection', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      expect(await store.readState('r', 'p')).toBeUndefined();
      expect(await store.saveState(writer, 'p', 'first')).toBe(true);
      expect(await store.saveState(writer, 'p/q', 'deeper')).toBe(true);
      expect(await other.readState('r', 'p')).toBe('first');
      expect(await other.saveState(writer, 'p', '')).toBe(true);
      expect(await store.readState('r', 'p'), 'an empty text is a text').toBe('');
      expect(await store.readState('r', 'p/q')).toBe('deeper');
    });

    it('belongs to its run', async () => {
      const { store } = setting;
      await store.saveState(await create(store, 'r'), 'p', 'of r');
      await create(store, 's');
      expect(await store.readState('s', 'p')).toBeUndefined();
    });

    it('is forgotten with the outcome that says so, and only the one at that path', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      for (const path of ['Saga', 'Saga/Step', 'Saga%', 'saga', 'Sag_']) {
        await store.saveState(writer, path, path);
      }
      await record(store, writer, anOutcome('', 'Saga'), { forgetState: 'Saga' });

      expect(await other.readState('r', 'Saga')).toBeUndefined();
      for (const path of ['Saga/Step', 'Saga%', 'saga', 'Sag_']) {
        expect(await other.readState('r', path)).toBe(path);
      }
    });

    it('is not forgotten by a duplicate', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await record(store, writer, anOutcome('', 'A'));
      await store.saveState(writer, 'p', 'kept');
      await record(store, writer, anOutcome('', 'A'), { forgetState: 'p' });
      expect(await store.readState('r', 'p')).toBe('kept');
    });

    it('may be forgotten where there is none, and saved again after it was', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const forgetting = await record(store, writer, anOutcome('', 'A'), { forgetState: 'p' });
      expect(forgetting).toBe('recorded');
      await store.saveState(writer, 'p', 'again');
      expect(await store.readState('r', 'p')).toBe('again');
    });
  });
}
