/**
 * Where the documents of a run are: `RUN/FOLDER/NAME`, the folder being another one for each creation of
 * the run.
 *
 * Invariant: what is deleted with a run is never a document of the run that is created with its id
 * afterwards, or that is being created just now.
 * @module
 */
import { createHash } from 'node:crypto';

/** The folder of a run that was created by other means than `claimCheck()`. */
const commonFolder = '0';

/** What the keys of all documents of a run id begin with. */
export function runPrefix(runId: string): string {
  return `${isPlainName(runId) ? runId : `~${digestOf(runId)}`}/`;
}

/** A folder for a run that is being created. */
export function newFolder(now: number): string {
  return `${now.toString(36)}-${crypto.randomUUID()}`;
}

/** What the keys of a run's documents begin with. */
export function folderPrefix(runId: string, folder: string = commonFolder): string {
  return `${runPrefix(runId)}${folder}/`;
}

/** When the folder of a key was made, in milliseconds since 1970; 0 for the one that was not. */
export function folderTime(runId: string, key: string): number {
  return Number.parseInt(key.slice(runPrefix(runId).length), 36);
}

/** Short, and safe in every store, also where people look for it. */
function isPlainName(runId: string): boolean {
  return /^\w[\w.-]{0,99}$/.test(runId);
}

/** By code units, since UTF-8 makes one of all halves of surrogate pairs. */
function digestOf(runId: string): string {
  return createHash('sha256').update(runId, 'utf16le').digest('base64url');
}
