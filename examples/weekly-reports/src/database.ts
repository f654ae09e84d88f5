/**
 * The database of the demo's runs: in a temporary folder that is removed again, or where somebody keeps it.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunStore } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';

export interface Database extends AsyncDisposable {
  /** Its absolute path, for other processes that use it. */
  readonly file: string;
  readonly store: RunStore;
}

/**
 * Opens the database. Disposing it closes it, and removes it where it was temporary.
 *
 * @param keep - the file to keep it in; undefined for a temporary one.
 */
export async function openDatabase(keep: string | undefined): Promise<Database> {
  const folder = keep === undefined ? await mkdtemp(join(tmpdir(), 'weekly-reports-')) : undefined;
  const file = resolve(folder ?? '.', keep ?? 'runs.db');
  const store = sqliteRunStore(file);
  return {
    file,
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
