/**
 * A bug on purpose: one replacement in fifty is made whatever version is there.
 * @module
 */
import { defineBackend } from '../../chaos/state/backend.ts';
import { backend as sqlite } from '../../chaos/state/backends/sqlite.ts';

const rate = 1 / 50;

export const backend = defineBackend({
  ...sqlite,
  name: 'sqlite that replaces regardless',
  async openDocuments(place) {
    const store = await sqlite.openDocuments(place);
    const conditional = store.replace.bind(store);
    const replace: typeof store.replace = async (key, value, version, options) => {
      const isCareless = Math.random() < rate;
      const newest = isCareless ? await store.read(key) : undefined;
      return await conditional(key, value, newest ?? version, options);
    };
    return Object.assign(store, { replace });
  },
});
