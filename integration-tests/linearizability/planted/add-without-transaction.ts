/**
 * A bug on purpose: an addition reads the value, and writes it in a second step.
 * @module
 */
import { defineBackend } from '../../chaos/state/backend.ts';
import { backend as sqlite } from '../../chaos/state/backends/sqlite.ts';

export const backend = defineBackend({
  ...sqlite,
  name: 'sqlite that adds without a transaction',
  async openCounter(place) {
    const counter = await sqlite.openCounter(place);
    const { add, read, reset } = counter;
    return Object.assign(counter, {
      add: async (...[name, amount, options]: Parameters<typeof add>) => {
        if (options?.once !== undefined) return await add.call(counter, name, amount, options);
        const value = await read.call(counter, name);
        await reset?.call(counter, name, { to: value + BigInt(amount) });
      },
    });
  },
});
