/**
 * A loop that was interrupted when 90 % of its items were done, in a database file.
 *
 * The engine itself leaves it so: it runs the loop and is suspended there. A kill would leave the same
 * rows, and the lease as well. How far a loop has come is kept every thousand iterations, and it is
 * interrupted just before it would be kept again: so a restart has as much to read as ever.
 * @module
 */
import { copyFileSync, existsSync } from 'node:fs';
import { scratchFile } from '../harness/scratch-folder.ts';
import { addOneLoop, type Keep } from './add-one-loop.ts';

export const runId = 'interrupted';

/** How many of its items are done. */
export function doneOf(count: number): number {
  return count * 0.9 - 1;
}

/** The file; it is made when it is first asked for, by whichever process. Whoever uses it leaves it as it is. */
export async function interruptedLoop(count: number, keep: Keep): Promise<string> {
  const file = scratchFile(`interrupted-${keep}-${count}.db`);
  if (existsSync(file)) return file;
  const { start } = await import('@runafter/core');
  const { sqliteRunStore } = await import('@runafter/sqlite');
  const store = sqliteRunStore(file, { synchronous: 'normal' });
  const done = doneOf(count);
  let called = 0;
  const addOne = await addOneLoop(keep, (item) => (called++ < done ? item + 1 : forever()));
  const run = start(addOne, count, { store, runId, grace: 0 });
  run.finished.catch(() => undefined);
  while ((await store.readFrame(runId, 'Items', { after: done - 2, limit: 1 })).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await run.suspend();
  await store.close();
  return file;
}

/** A copy of it, to go on with. */
export async function copyOfInterruptedLoop(count: number, keep: Keep): Promise<string> {
  const copy = scratchFile(`resumed-${keep}-${count}-${process.pid}.db`);
  copyFileSync(await interruptedLoop(count, keep), copy);
  return copy;
}

/** A handler that never ends: run it with no grace, or letting go of the run waits for it. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}
