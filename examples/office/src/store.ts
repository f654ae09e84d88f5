/**
 * The one database behind all the services: collections of rows, and the journal of what was written.
 *
 * Invariant: a call's check and its write happen in one transaction. node:sqlite is synchronous, so no
 * other call can come in between. Read next: collection.ts, journal.ts.
 * @module
 */
import { DatabaseSync } from 'node:sqlite';
import { Collection, type Fields } from './collection.ts';
import { Journal } from './journal.ts';

export type CollectionKind = 'list' | 'table' | 'outbox' | 'registry';

export interface CollectionDefinition {
  readonly columns: readonly string[];
  /** Columns whose value no two rows share. Default: none. */
  readonly keys?: readonly string[];
  /** Default: none. */
  readonly rows?: readonly Fields[];
}

export class Store {
  readonly journal: Journal;
  readonly #database: DatabaseSync;
  readonly #collections = new Map<string, Collection>();

  /**
   * @param path - a file, or `:memory:`. What a file already holds is there again.
   * @throws {Error} when the file cannot be opened, or is no SQLite database.
   */
  constructor(path: string) {
    this.#database = openDatabase(path);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS collections (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        columns TEXT NOT NULL,
        keys TEXT NOT NULL,
        UNIQUE (kind, name)
      ) STRICT`);
    this.journal = new Journal(this.#database);
    for (const entry of this.#database.prepare('SELECT * FROM collections').all()) {
      this.#collections.set(`${entry.kind}:${entry.name}`, this.#open(entry));
    }
  }

  /**
   * @throws {TypeError} for a column that is no identifier, a key that is no column, a row that has
   *   other columns.
   * @throws {Error} when there is one of this kind and name already.
   * @throws {DuplicateKey} when two of the rows share a key.
   */
  create(kind: CollectionKind, name: string, definition: CollectionDefinition): Collection {
    const { columns, keys = [], rows = [] } = definition;
    check(kind, name, { columns, keys, rows });
    if (this.find(kind, name)) {
      throw new Error(`The office already has a ${kind} "${name}": choose another name or file.`);
    }
    const collection = this.transaction(() => {
      const entry = this.#database
        .prepare(
          'INSERT INTO collections (kind, name, columns, keys) VALUES (?, ?, ?, ?) RETURNING *',
        )
        .get(kind, name, JSON.stringify(columns), JSON.stringify(keys));
      const created = this.#open(entry as Record<string, unknown>);
      for (const row of rows) created.insert(row);
      return created;
    });
    this.#collections.set(`${kind}:${name}`, collection);
    return collection;
  }

  find(kind: CollectionKind, name: string): Collection | undefined {
    return this.#collections.get(`${kind}:${name}`);
  }

  names(kind: CollectionKind): string[] {
    return [...this.#collections.keys()]
      .filter((key) => key.startsWith(`${kind}:`))
      .map((key) => key.slice(kind.length + 1));
  }

  /** Runs the work as one transaction; when it throws, nothing of it stays. */
  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #open(entry: Record<string, unknown>): Collection {
    return new Collection(this.#database, `collection_${entry.number}`, {
      name: entry.name as string,
      columns: JSON.parse(entry.columns as string) as string[],
      keys: JSON.parse(entry.keys as string) as string[],
    });
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    return database;
  } catch (cause) {
    throw new Error(
      `The office cannot keep its data in "${path}" (${(cause as Error).message}). ` +
        'Name an SQLite file, or a new one in a folder that is there.',
      { cause },
    );
  }
}

function check(kind: string, name: string, definition: Required<CollectionDefinition>): void {
  const { columns, keys, rows } = definition;
  const misnamed = columns.find((column) => !/^[A-Za-z_]\w*$/.test(column));
  if (misnamed !== undefined) {
    throw new TypeError(
      `Column "${misnamed}" of the ${kind} "${name}" is not a name: use letters, digits and _.`,
    );
  }
  const undeclared = [...keys, ...rows.flatMap(Object.keys)].find((key) => !columns.includes(key));
  if (undeclared !== undefined) {
    throw new TypeError(
      `The ${kind} "${name}" has no column "${undeclared}". Declared are: ${columns.join(', ')}.`,
    );
  }
}
