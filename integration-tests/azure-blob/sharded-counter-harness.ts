/**
 * Counters that are spread over documents, on a store that is reached through a storage account.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { type CounterDocument, shardedCounter } from '@runafter/counter';
import type { CounterHarness } from '@runafter/counter/conformance';
import type { DocumentStore } from '@runafter/optimistic';
import { clockAhead } from './clock-ahead.ts';
import { type FaultyAccount, faultyAccount } from './faulty-account.ts';

/** @param storeAt - makes a store in the account, with a prefix of its own. */
export function shardedCounterHarness(
  url: string,
  storeAt: (
    connectionString: string,
    prefix: string,
  ) => DocumentStore<CounterDocument> | Promise<DocumentStore<CounterDocument>>,
): CounterHarness {
  return {
    async open() {
      const prefix = `${randomUUID()}/`;
      const clock = clockAhead();
      const faulty: FaultyAccount[] = [];
      return {
        connect: async (options) =>
          shardedCounter(await storeAt(url, prefix), { ...options, clock }),
        async connectFaulty(options) {
          const account = await faultyAccount(url);
          faulty.push(account);
          const store = await storeAt(account.connectionString, prefix);
          return {
            counter: shardedCounter(store, { ...options, clock }),
            loseReply: account.proxy.loseReply,
          };
        },
        passTime: async (ms) => clock.setForward(ms),
        async close() {
          await Promise.all(faulty.map(({ proxy }) => proxy.close()));
        },
      };
    },
    capabilities: {
      addAndGet: false,
      conditionalReset: false,
      resetTo: false,
      linearizableRead: false,
      refusesOverflow: false,
    },
  };
}
