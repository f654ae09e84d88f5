/**
 * A bug on purpose: documents ask the holder whether it holds the lock, and then write whatever its token is.
 * That is all that most stores can do.
 * @module
 */
import { redisDocumentStore } from '@runafter/redis';
import { openLock } from '../../lock/open-lock.ts';
import { defineLockBackend, type Guarded } from '../lock/backend.ts';

export const backend = defineLockBackend({
  name: 'redis without fences',
  place: 'redis',
  ttl: 1_000,
  heldAtOnce: 20,
  rest: 200,
  isWrite: /eval/i,
  openLock: (place) => openLock({ backend: 'redis', place }),
  openDocuments({ url, prefix }) {
    const store = redisDocumentStore<Guarded>(url, { prefix });
    const create = store.create.bind(store);
    const replace = store.replace.bind(store);
    return Object.assign(store, {
      create: ((key, value, { fence, ...options } = {}) => {
        fence?.assertHeld();
        return create(key, value, options);
      }) as typeof create,
      replace: ((key, value, version, { fence, ...options } = {}) => {
        fence?.assertHeld();
        return replace(key, value, version, options);
      }) as typeof replace,
    });
  },
});
