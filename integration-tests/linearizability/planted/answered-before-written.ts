/**
 * A bug on purpose: additions are answered at once and written a moment later, several together.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { defineBackend } from '../../chaos/state/backend.ts';
import { backend as sqlite } from '../../chaos/state/backends/sqlite.ts';

/** Milliseconds. */
const moment = 5;

export const backend = defineBackend({
  ...sqlite,
  name: 'sqlite that answers before it has written',
  async openCounter(place) {
    const counter = await sqlite.openCounter(place);
    const { add, close } = counter;
    const writing = new Set<Promise<void>>();
    return Object.assign(counter, {
      async add(...args: Parameters<typeof add>) {
        const write = systemClock.sleep(moment).then(() => add.apply(counter, args));
        writing.add(write);
        void write.finally(() => writing.delete(write)).catch(() => {});
      },
      async close() {
        await Promise.allSettled(writing);
        await close.call(counter);
      },
    });
  },
});
