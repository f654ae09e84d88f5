/** What createOnce() promises holds on the documents in memory. */
import { describeCreateOnce } from '@runafter/claim/conformance';
import { virtualClock } from '@runafter/clock';
import { memoryDocumentStore } from '@runafter/optimistic';
import { NetworkedDocuments } from './conformance/networked-documents.ts';

describeCreateOnce('memoryDocumentStore', {
  async open() {
    const clock = virtualClock({ autoAdvance: true });
    const shared = memoryDocumentStore<never>();
    return {
      connect: async () => new NetworkedDocuments(shared, clock),
      async connectFaulty() {
        const store = new NetworkedDocuments(shared, clock);
        return { store, loseReply: store.loseReply };
      },
      clock,
      close: () => shared.close(),
    };
  },
});
