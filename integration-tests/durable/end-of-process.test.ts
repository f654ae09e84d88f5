/**
 * A process lives for as long as its run has something to wait for, and no longer: with the end of the
 * run no timer and no subscription of it is left, though nobody has closed the store.
 */
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import { event, inspectRun, signal } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { killPrograms, Program } from './program.ts';

const waiter = new URL('./programs/wait-for-signal.ts', import.meta.url);
const approval = event<string>('approval');

afterAll(killPrograms);

describe('a process', { timeout: 60_000 }, () => {
  it('that only waits for a signal stays, and ends by itself when its run has', async () => {
    const { database, store } = files();
    const program = new Program(waiter, { database, by: 'start' });
    await untilItWaits(program);
    expect(program.isOver, 'it has ended, although its run goes on').toBe(false);

    await signal(store, 'approval', approval, 'Ann', { id: 'mail-1' });

    expect(await program.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(program.said.at(-1)).toBe('Succeeded');
  });

  it('that resumes a run which waits for a signal stays as well', async () => {
    const { database, store } = files();
    const first = new Program(waiter, { database, by: 'suspend' });
    expect(await first.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(first.said.at(-1)).toBe('RUN_SUSPENDED');
    expect(await inspectRun(store, 'approval')).toMatchObject({
      status: 'Running',
      lease: undefined,
    });

    const second = new Program(waiter, { database, by: 'resume' });
    await untilItWaits(second);
    expect(second.isOver, 'it has ended, although its run goes on').toBe(false);
    await signal(store, 'approval', approval, 'Ann');

    expect(await second.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(second.said.at(-1)).toBe('Succeeded');
  });

  it('that is told of another one ends by itself', async () => {
    const { database, store } = files();
    const holder = new Program(waiter, { database, by: 'start' });
    await untilItWaits(holder);

    const other = new Program(waiter, { database, by: 'resume' });

    expect(await other.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(other.said).toEqual(['RUN_HELD']);
    await signal(store, 'approval', approval, 'Ann');
    await holder.ended;
  });
});

function files() {
  const database = join(temporaryFolder({}), 'runs.db');
  const store = sqliteRunStore(database);
  onTestFinished(() => store.close());
  return { database, store };
}

/** With nothing to keep it alive, it would end within a few milliseconds. */
async function untilItWaits(program: Program): Promise<void> {
  await program.until(() => program.said.includes('waits'));
  await Promise.race([program.ended, systemClock.sleep(500)]);
}
