/**
 * The store in this process's memory keeps the promises of every run store.
 * @module
 */
import { type ActionOutcome, memoryRunStore, type RunHeader } from '@runafter/core';
import { describe, expect, it } from 'vitest';

const header = (runId: string): RunHeader => ({ runId, workflow: 'Order', startTime: 1 });
const outcome = (path: string, status: ActionOutcome['status'] = 'Succeeded'): ActionOutcome => {
  return { path, attempt: 1, status, startTime: 1, endTime: 2 };
};

describe('memoryRunStore', () => {
  it('creates a run id once', async () => {
    const store = memoryRunStore();

    expect(await store.createRun(header('a'))).toBe(true);
    expect(await store.createRun({ ...header('a'), workflow: 'Other' })).toBe(false);
    expect(await store.readRun('a')).toEqual({ ...header('a'), end: undefined });
  });

  it('lets one of many creators of the same id win', async () => {
    const store = memoryRunStore();
    const created = await Promise.all(
      Array.from({ length: 20 }, () => store.createRun(header('a'))),
    );

    expect(created.filter(Boolean)).toHaveLength(1);
  });

  it('keeps the first outcome of a path, and all in the order in which they came', async () => {
    const store = memoryRunStore();
    await store.createRun(header('a'));

    expect(await store.recordOutcome('a', outcome('Second'))).toBe(true);
    expect(await store.recordOutcome('a', outcome('First'))).toBe(true);
    expect(await store.recordOutcome('a', outcome('Second', 'Failed'))).toBe(false);
    expect(await collect(store.outcomes('a'))).toEqual([outcome('Second'), outcome('First')]);
  });

  it('takes no outcome of a run that it does not know', async () => {
    const store = memoryRunStore();

    expect(await store.recordOutcome('a', outcome('First'))).toBe(false);
    expect(await collect(store.outcomes('a'))).toEqual([]);
    expect(await store.readRun('a')).toBeUndefined();
  });

  it('keeps the first end of a run', async () => {
    const store = memoryRunStore();
    await store.createRun(header('a'));
    await store.endRun('a', { status: 'Failed', endTime: 3 });
    await store.endRun('a', { status: 'Succeeded', endTime: 4 });

    expect((await store.readRun('a'))?.end).toEqual({ status: 'Failed', endTime: 3 });
  });

  it('lists runs, oldest first, and forgets those that are deleted', async () => {
    const store = memoryRunStore();
    for (const id of ['b', 'a', 'c']) await store.createRun(header(id));

    expect((await collect(store.listRuns())).map(({ runId }) => runId)).toEqual(['b', 'a', 'c']);
    expect(await store.deleteRun('a')).toBe(true);
    expect(await store.deleteRun('a')).toBe(false);
    expect((await collect(store.listRuns())).map(({ runId }) => runId)).toEqual(['b', 'c']);
  });

  it('can be changed while somebody reads what it lists', async () => {
    const store = memoryRunStore();
    for (const id of ['a', 'b']) await store.createRun(header(id));
    const seen: string[] = [];
    for await (const { runId } of store.listRuns()) {
      seen.push(runId);
      await store.deleteRun(runId);
      await store.createRun(header(`${runId}-again`));
    }

    expect(seen).toEqual(['a', 'b']);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
