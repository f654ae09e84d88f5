/** A run store with documents beside it keeps what every run store promises, whatever is a document. */
import { virtualClock } from '@runafter/clock';
import { describeRunStore } from '@runafter/core/conformance';
import { claimCheck } from '../../src/claim-check/claim-check.ts';
import { memoryRunStore } from '../../src/ports/memory-run-store.ts';
import { MemoryDocuments } from '../claim-check/memory-documents.ts';
import { seed } from '../properties/seed.ts';

const variants = [
  { name: 'claimCheck (every text a document)', above: 0 },
  { name: 'claimCheck', above: 20 },
];

for (const { name, above } of variants) {
  describeRunStore(name, {
    seed,
    async open() {
      const clock = virtualClock();
      const inner = memoryRunStore({ clock });
      const documents = new MemoryDocuments();
      return {
        connect: async () => claimCheck(inner, documents, { above, clock }),
        passTime: (ms) => clock.advance(ms),
        close: () => inner.close(),
      };
    },
  });
}
