/**
 * The stores that are compared, each new and empty.
 * @module
 */
import type { RunStore } from '@runafter/core';
import { scratchFile } from '../harness/scratch-folder.ts';

/** How SQLite forces commits to the disk. */
export type Synchronous = 'full' | 'normal';

let files = 0;

/** A file that no other store uses. */
export function newFile(): string {
  return scratchFile(`${process.pid}-${files++}.db`);
}

export async function newSqliteStore(synchronous: Synchronous): Promise<RunStore> {
  const { sqliteRunStore } = await import('@runafter/sqlite');
  return sqliteRunStore(newFile(), { synchronous });
}

export async function newMemoryStore(): Promise<RunStore> {
  const { memoryRunStore } = await import('@runafter/core');
  return memoryRunStore();
}
