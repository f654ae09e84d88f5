/** The store in memory keeps what every store of documents promises. */
import { memoryDocumentStore } from '@runafter/optimistic';
import { describeDocumentStore } from '@runafter/optimistic/conformance';

describeDocumentStore('memoryDocumentStore', {
  async open() {
    const shared = memoryDocumentStore<never>();
    return {
      connect: async (options) => (options ? memoryDocumentStore(options) : shared),
      close: () => shared.close(),
    };
  },
  // Whoever should see the same documents uses the same store, and nothing is between him and it.
  capabilities: { separateConnections: false, lostReplies: false },
});
