/**
 * A bug on purpose: whether an operation id has counted is looked up before the addition, and noted after
 * it, each in a step of its own.
 * @module
 */
import { defineBackend } from '../../chaos/state/backend.ts';
import { backend as sqlite } from '../../chaos/state/backends/sqlite.ts';

export const backend = defineBackend({
  ...sqlite,
  name: 'sqlite that looks ids up before',
  async openCounter(place) {
    const counter = await sqlite.openCounter(place);
    const ids = await sqlite.openDocuments(place);
    const { add, addAndGet, close } = counter;
    const unlessCounted = async (
      [name, _amount, { once } = {}]: Parameters<typeof add>,
      run: () => Promise<unknown>,
    ) => {
      const id = `${name} ${once}`;
      if (once !== undefined && (await ids.read(id)) !== undefined) return;
      await run();
      if (once !== undefined) await ids.create(id, { n: 0, applied: [] }).catch(() => {});
    };
    const withoutId = ({ once: _, ...options }: Parameters<typeof add>[2] = {}) => options;
    return Object.assign(counter, {
      async add(...args: Parameters<typeof add>) {
        const [name, amount, options] = args;
        await unlessCounted(args, () => add.call(counter, name, amount, withoutId(options)));
      },
      async addAndGet(...args: Parameters<typeof add>) {
        const [name, amount, options] = args;
        let value: bigint | undefined;
        await unlessCounted(args, async () => {
          value = await addAndGet?.call(counter, name, amount, withoutId(options));
        });
        return value ?? (await counter.read(name));
      },
      async close() {
        await Promise.all([close.call(counter), ids.close()]);
      },
    });
  },
});
