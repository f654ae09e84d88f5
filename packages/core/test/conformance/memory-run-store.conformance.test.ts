/** The store in memory keeps what every run store promises. */
import { virtualClock } from '@runafter/clock';
import { describeRunStore } from '@runafter/core/conformance';
import { memoryRunStore } from '../../src/ports/memory-run-store.ts';
import { seed } from '../properties/seed.ts';

describeRunStore('memoryRunStore', {
  seed,
  async open() {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    return {
      connect: async () => store,
      passTime: (ms) => clock.advance(ms),
      close: () => store.close(),
    };
  },
});
