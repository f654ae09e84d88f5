/** Counters that are spread over documents keep what every counter promises, but for what one step would take. */
import { virtualClock } from '@runafter/clock';
import { type CounterDocument, shardedCounter } from '@runafter/counter';
import { describeCounter } from '@runafter/counter/conformance';
import { memoryDocumentStore } from '@runafter/optimistic';

describeCounter('shardedCounter on memoryDocumentStore', {
  async open() {
    const clock = virtualClock();
    const documents = memoryDocumentStore<CounterDocument>();
    return {
      connect: async (options) => shardedCounter(documents, { ...options, clock }),
      passTime: (ms) => clock.advance(ms),
      close: () => documents.close(),
    };
  },
  capabilities: {
    addAndGet: false,
    conditionalReset: false,
    resetTo: false,
    linearizableRead: false,
    refusesOverflow: false,
    lostReplies: false,
  },
});
