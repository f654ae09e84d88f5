/**
 * A bug on purpose: what was read is kept for a moment, and handed out although others have written since.
 * @module
 */
import { systemClock } from '@runafter/clock';
import type { StoredDocument } from '@runafter/optimistic';
import { defineBackend, type Journal } from '../../chaos/state/backend.ts';
import { backend as sqlite } from '../../chaos/state/backends/sqlite.ts';

/** Milliseconds. */
const kept = 20;

export const backend = defineBackend({
  ...sqlite,
  name: 'sqlite with stale reads',
  async openDocuments(place) {
    const store = await sqlite.openDocuments(place);
    const recent = new Map<string, { at: number; found: StoredDocument<Journal> | undefined }>();
    const readNow = store.read.bind(store);
    const read: typeof store.read = async (key, options) => {
      const known = recent.get(key);
      if (known !== undefined && systemClock.monotonic() - known.at < kept) return known.found;
      const found = await readNow(key, options);
      recent.set(key, { at: systemClock.monotonic(), found });
      return found;
    };
    return Object.assign(store, { read });
  },
});
