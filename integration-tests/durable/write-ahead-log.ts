/**
 * SQLite's write-ahead log seen from outside: where it ends, and copies of a database as a power cut
 * could have left it.
 *
 * What a cut leaves on the disk: the database file, with a checkpoint perhaps half done, and the log up
 * to a point that lies at or after the last forced commit. The -shm file is an index that is built anew,
 * so it is never copied. See https://www.sqlite.org/walformat.html for the places of the fields.
 * @module
 */
import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import type { WalPosition } from './logbook.ts';

const logHeaderBytes = 32;
const frameHeaderBytes = 24;
/** The header of the index stands in it twice, and is whole when both are the same. */
const indexHeaderBytes = 48;
const indexInfoBytes = 2 * indexHeaderBytes + 40;

/**
 * Tells where the log ends at the moment of each call, in a process that has the database open.
 *
 * The file that tells is opened once and never closed: with any descriptor of a file that a process
 * closes, it loses the locks that it has on it, and SQLite's are such locks.
 */
export function watchLog(database: string): () => WalPosition {
  let descriptor: number | undefined;
  return () => {
    descriptor ??= openSync(`${database}-shm`, 'r');
    const index = readIndex(descriptor);
    return { salt: index.toString('hex', 32, 40), frames: readNumber(index, 16) };
  };
}

/** A copy of a database and its log. */
export interface DatabaseCopy {
  readonly file: string;
  readonly salt: string;
  readonly pageBytes: number;
  readonly logBytes: number;
  /** So much of the log was in use; what follows, if anything, is from before it began anew. */
  readonly usedBytes: number;
  /** The database file may hold what stands in the log up to here: a log that ends earlier cannot be. */
  readonly leastLogBytes: number;
}

/**
 * Copies a database that somebody is writing to, as a power cut at this moment could leave it.
 *
 * The database file comes first: what a checkpoint brings into it while it is copied stands in the log,
 * and the log only grows, until it begins anew. A copy during which it did is of no use.
 *
 * Never call it in a process that has the database open itself; see {@link watchLog}.
 *
 * @returns undefined when there is nothing to copy yet, or the log began anew meanwhile.
 */
export function copyDatabase(database: string, to: string): DatabaseCopy | undefined {
  const log = openIfThere(`${database}-wal`);
  const indexFile = openIfThere(`${database}-shm`);
  try {
    if (log === undefined || indexFile === undefined) return undefined;
    const before = readStart(log, logHeaderBytes);
    copyFileSync(database, to);
    const index = readIndex(indexFile);
    copyFileSync(`${database}-wal`, `${to}-wal`);
    if (!before.equals(readStart(log, logHeaderBytes))) return undefined;
    const pageBytes = before.readUInt32BE(8);
    return {
      file: to,
      salt: before.toString('hex', 16, 24),
      pageBytes,
      logBytes: statSync(`${to}-wal`).size,
      usedBytes: bytesOf(readNumber(index, 16), pageBytes),
      // Up to this frame, a checkpoint has at least been tried.
      leastLogBytes: bytesOf(readNumber(index, 128), pageBytes),
    };
  } finally {
    for (const file of [log, indexFile]) if (file !== undefined) closeSync(file);
  }
}

/** How long a log with so many frames is. */
export function bytesOf(frames: number, pageBytes: number): number {
  return logHeaderBytes + frames * (frameHeaderBytes + pageBytes);
}

function readIndex(descriptor: number): Buffer {
  for (;;) {
    const index = readStart(descriptor, indexInfoBytes);
    const first = index.subarray(0, indexHeaderBytes);
    const second = index.subarray(indexHeaderBytes, 2 * indexHeaderBytes);
    if (first.equals(second)) return index;
  }
}

function readNumber(index: Buffer, offset: number): number {
  return endianness() === 'LE' ? index.readUInt32LE(offset) : index.readUInt32BE(offset);
}

/** The first bytes of a file, with zeros where it is shorter. */
function readStart(descriptor: number, bytes: number): Buffer {
  const start = Buffer.alloc(bytes);
  readSync(descriptor, start, 0, bytes, 0);
  return start;
}

function openIfThere(file: string): number | undefined {
  return existsSync(file) ? openSync(file, 'r') : undefined;
}
