/**
 * A bug on purpose: tokens are read where not everything has arrived yet, such as from a replica. So now and
 * then a token is not greater than the one before.
 * @module
 */
import { redisCounter, redisDocumentStore, redisLock } from '@runafter/redis';
import { defineLockBackend } from '../lock/backend.ts';

/** Every so many tokens of a process, one lags. */
const every = 3;
const lag = 2n;

export const backend = defineLockBackend({
  name: 'redis, tokens that lag',
  place: 'redis',
  ttl: 1_000,
  heldAtOnce: 20,
  rest: 200,
  isWrite: /eval/i,
  openLock({ url, prefix }) {
    const counter = redisCounter(url, { prefix });
    let asked = 0;
    const addAndGet = async (name: string, amount: number) => {
      const token = await counter.addAndGet(name, amount);
      return ++asked % every === 0 && token > lag ? token - lag : token;
    };
    const lock = redisLock(url, { prefix, tokens: { addAndGet } });
    const closeLock = lock.close.bind(lock);
    const close = async () => {
      await closeLock();
      await counter.close();
    };
    return Object.assign(lock, { close });
  },
  openDocuments: ({ url, prefix }) => redisDocumentStore(url, { prefix }),
});
