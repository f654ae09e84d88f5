/** Very many updates of one key cost time in proportion, and no stack. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { memoryDocumentStore, update } from '../../src/index.ts';
import { fates, notDone } from '../faulty-documents.ts';
import { lists } from './lists.ts';

/** Makes so many updates; the processor's time that they took, in microseconds. */
async function count(updates: number, combine: number | undefined): Promise<number> {
  const store = memoryDocumentStore<number>();
  // Not the time of day: other programs may keep the machine busy.
  const begun = process.cpuUsage();
  await Promise.all(
    Array.from({ length: updates }, () => update(store, 'n', (n = 0) => n + 1, { combine })),
  );
  expect((await store.read('n'))?.value).toBe(updates);
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

describe('100,000 updates of one key', () => {
  it('are all made, in cycles of a thousand', async () => {
    await count(100_000, undefined);
  });

  it('are all made in one cycle', async () => {
    await count(100_000, Infinity);
  });

  it('do not slow each other down, also when each has a cycle of its own', async () => {
    const small = Math.min(await count(5_000, 1), await count(5_000, 1));
    const large = await count(40_000, 1);
    // Eight times as many; were it quadratic, it would take 64 times as long.
    expect(large / small).toBeLessThan(30);
  });

  it('are tried again together after a write that failed', async () => {
    const { store, options } = lists({ fateOf: fates('write', notDone(), 'reply lost') });
    const all = Array.from({ length: 150_000 }, () =>
      update(store as never, 'n', (n: number | undefined) => (n ?? 0) + 1, {
        ...options,
        combine: Infinity,
      }),
    );
    expect((await Promise.all(all)).at(-1)).toMatchObject({ value: 150_000, attempts: 2 });
  });
});

describe('a process with nothing left to do', () => {
  it('is not kept alive by the time-out of an update', async () => {
    const program = `
      import { documentStore, update } from '@runafter/optimistic';
      const never = () => new Promise(() => {});
      const driver = { name: 'never', keepsFacts: true, read: never, write: never };
      update(documentStore(driver), 'k', () => 1, { timeout: '1h' });
      console.log('sent');
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@runafter/source', '--input-type=module', '--eval', program],
      { cwd: import.meta.dirname, timeout: 20_000 },
    );
    expect(stdout).toBe('sent\n');
  });
});
