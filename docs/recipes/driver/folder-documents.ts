/**
 * Documents in a folder: a driver for docs/add-a-driver.md, small and right.
 *
 * Each document is a folder of its own, in which every version is one more file. Invariant: a file gets its
 * name only while no other has it, so of two who write the same version one is told "no". Nothing is ever
 * overwritten; that is for documents which change now and then, on one file system.
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type RequestOutcome, readProperty, ServiceUnavailableError } from '@runafter/errors';
import {
  type DocumentDriver,
  type DocumentStore,
  type DocumentStoreOptions,
  documentStore,
  type WriteCondition,
} from '@runafter/optimistic';

// #region factory
/**
 * Makes a store of the documents in a folder.
 *
 * @param folder - made when the first document is written.
 */
export function folderDocumentStore<T>(
  folder: string,
  options?: DocumentStoreOptions<T>,
): DocumentStore<T> {
  return documentStore(folderDriver(resolve(folder)), options);
}
// #endregion

// #region versions
/** A file: one version of a document. */
interface Version {
  readonly key: string;
  /** Whether there is a document. Its removal is a version, too, so that no ETag ever comes back. */
  readonly exists: boolean;
  readonly body?: string | undefined;
  readonly facts?: string | undefined;
}

/** The newest version and its number, which is its ETag. */
async function newest(place: string): Promise<{ number: number; version: Version | undefined }> {
  const numbers = (await namesIn(place)).filter((name) => !name.endsWith('.new')).map(Number);
  const number = numbers.reduce((one, other) => Math.max(one, other), 0);
  if (number === 0) return { number, version: undefined };
  return { number, version: JSON.parse(await readFile(join(place, `${number}`), 'utf8')) };
}

/** Writes a version, complete or not at all: false when its number is taken. */
async function add(place: string, number: number, version: Version): Promise<boolean> {
  const file = join(place, `${randomUUID()}.new`);
  await mkdir(place, { recursive: true });
  await writeFile(file, JSON.stringify(version));
  try {
    await link(file, join(place, `${number}`));
    return true;
  } catch (error) {
    if (readProperty(error, 'code') === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(file);
  }
}

/** None in a folder that is not there. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (readProperty(error, 'code') === 'ENOENT') return [];
    throw error;
  }
}
// #endregion

// #region driver
function folderDriver(folder: string): DocumentDriver {
  const name = `Folder "${folder}"`;
  // A key may be longer than a file's name, and have any character.
  const placeOf = (key: string) => join(folder, createHash('sha256').update(key).digest('hex'));

  /** Adds a version where the condition holds. */
  async function write(version: Version, condition: WriteCondition): Promise<string | undefined> {
    const place = placeOf(version.key);
    const { number, version: current } = await newest(place);
    const exists = current?.exists ?? false;
    const holds = 'ifMatch' in condition ? exists && condition.ifMatch === `${number}` : !exists;
    if (!holds || !(await add(place, number + 1, version))) return undefined;
    return `${number + 1}`;
  }

  return {
    name,
    keepsFacts: true,
    read: (key) =>
      guarded(name, 'not-done', async () => {
        const { number, version } = await newest(placeOf(key));
        if (!version?.exists) return undefined;
        return { body: version.body, facts: version.facts, etag: `${number}` };
      }),
    write: (key, record, condition) =>
      guarded(name, 'unknown', () => write({ ...record, key, exists: true }, condition)),
    remove: (key, etag) =>
      guarded(name, 'unknown', async () => {
        return (await write({ key, exists: false }, { ifMatch: etag })) !== undefined;
      }),
    async *list(prefix) {
      for (const place of await guarded(name, 'not-done', () => namesIn(folder))) {
        const { number, version } = await guarded(name, 'not-done', () =>
          newest(join(folder, place)),
        );
        if (!version?.exists || !version.key.startsWith(prefix)) continue;
        const isTombstone = version.body === undefined;
        yield { key: version.key, etag: `${number}`, isTombstone };
      }
    },
    async close() {},
  };
}
// #endregion

// #region errors
/** Every failure of the file system becomes an error that callers know, in one place. */
async function guarded<T>(
  name: string,
  outcome: RequestOutcome,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw new ServiceUnavailableError(name, outcome, { cause });
  }
}
// #endregion
