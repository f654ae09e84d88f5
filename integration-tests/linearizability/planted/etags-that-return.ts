/**
 * A bug on purpose: an ETag is the number of writes since the document was created, so it is the same
 * again after the document was removed and created once more.
 * @module
 */
import { EtagMismatchError, type StoredDocument } from '@runafter/optimistic';
import { defineBackend, type Journal } from '../../chaos/state/backend.ts';
import { backend as sqlite } from '../../chaos/state/backends/sqlite.ts';

export const backend = defineBackend({
  ...sqlite,
  name: 'sqlite with ETags that return',
  async openDocuments(place) {
    const store = await sqlite.openDocuments(place);
    const real = { read: store.read, replace: store.replace, remove: store.remove };
    const read: typeof store.read = async (key, options) => {
      const found = await real.read.call(store, key, options);
      return found && { ...found, etag: numberOf(found) };
    };
    /** The version that has this number now. */
    const find = async (key: string, version: string | StoredDocument<Journal>) => {
      const etag = typeof version === 'string' ? version : version.etag;
      const newest = await real.read.call(store, key);
      if (newest === undefined || numberOf(newest) !== etag) {
        throw new EtagMismatchError(store.name, key, etag);
      }
      return newest;
    };
    const create: typeof store.create = async (...args) => {
      await Object.getPrototypeOf(store).create.apply(store, args);
      return '1';
    };
    const replace: typeof store.replace = async (key, value, version, options) => {
      const before = await find(key, version);
      await real.replace.call(store, key, value, before, options);
      return String((before.writes?.count ?? 0) + 1);
    };
    const remove: typeof store.remove = async (key, version, options) =>
      await real.remove.call(store, key, await find(key, version), options);
    return Object.assign(store, { read, create, replace, remove });
  },
});

function numberOf({ writes }: StoredDocument<Journal>): string {
  return String(writes?.count);
}
