/**
 * Rows of one kind in one SQLite table: a SharePoint list, a Dataverse table, the mails sent.
 *
 * Invariant: a row's version grows by one with every change, and the database itself keeps the unique
 * keys; both are what the services' ETags and duplicate errors stand on. Read next: store.ts.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { FilterValue } from './odata.ts';

export type Fields = Record<string, unknown>;

export interface Row {
  /** 1, 2, 3 … in order of creation; the number of a removed row is never given again. */
  readonly seq: number;
  /** A GUID. */
  readonly id: string;
  readonly version: number;
  readonly fields: Fields;
}

/** A unique key that another row already has. */
export class DuplicateKey extends Error {
  override readonly name = 'DuplicateKey';
}

export interface Page {
  readonly rows: readonly Row[];
  readonly next: number | undefined;
}

export interface PageOptions {
  /** Only rows with a greater `seq`. Default 0. */
  readonly after?: number;
  /** Default: all. */
  readonly limit?: number;
  readonly filter?: { readonly column: string; readonly value: FilterValue } | undefined;
}

const constraintUnique = 2067;

export class Collection {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns whose value no two rows share; a row without a value is never a duplicate. */
  readonly keys: readonly string[];
  readonly #sql: Record<
    'insert' | 'page' | 'filtered' | 'bySeq' | 'byId' | 'update' | 'remove',
    StatementSync
  >;

  /**
   * @param table - the SQLite table, made here when it is not there yet; a plain identifier.
   */
  constructor(
    database: DatabaseSync,
    table: string,
    definition: { name: string; columns: readonly string[]; keys: readonly string[] },
  ) {
    this.name = definition.name;
    this.columns = definition.columns;
    this.keys = definition.keys;
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      version INTEGER NOT NULL DEFAULT 1,
      fields TEXT NOT NULL
    ) STRICT`);
    for (const key of this.keys) {
      database.exec(
        `CREATE UNIQUE INDEX IF NOT EXISTS ${table}_${key} ON ${table} (json_extract(fields, '$.${key}'))`,
      );
    }
    const all = 'SELECT seq, id, version, fields FROM';
    this.#sql = {
      insert: database.prepare(`INSERT INTO ${table} (id, fields) VALUES (?, ?) RETURNING *`),
      page: database.prepare(`${all} ${table} WHERE seq > ? ORDER BY seq LIMIT ?`),
      filtered: database.prepare(
        `${all} ${table} WHERE seq > ? AND json_extract(fields, ?) = ? ORDER BY seq LIMIT ?`,
      ),
      bySeq: database.prepare(`${all} ${table} WHERE seq = ?`),
      byId: database.prepare(`${all} ${table} WHERE id = ?`),
      update: database.prepare(
        `UPDATE ${table} SET fields = ?, version = version + 1 WHERE seq = ? RETURNING *`,
      ),
      remove: database.prepare(`DELETE FROM ${table} WHERE seq = ?`),
    };
  }

  /** @throws {DuplicateKey} */
  insert(fields: Fields, id: string = randomUUID()): Row {
    return this.#write(this.#sql.insert, id, JSON.stringify(fields));
  }

  /**
   * Merges the fields into the row.
   * @throws {DuplicateKey}
   */
  update(row: Row, fields: Fields): Row {
    return this.#write(this.#sql.update, JSON.stringify({ ...row.fields, ...fields }), row.seq);
  }

  remove(row: Row): void {
    this.#sql.remove.run(row.seq);
  }

  bySeq(seq: number): Row | undefined {
    return toRow(this.#sql.bySeq.get(seq));
  }

  byId(id: string): Row | undefined {
    return toRow(this.#sql.byId.get(id));
  }

  byKey(column: string, value: FilterValue): Row | undefined {
    return this.page({ filter: { column, value }, limit: 1 })[0];
  }

  /** Rows in order of creation. */
  page({ after = 0, limit = -1, filter }: PageOptions = {}): Row[] {
    const rows = filter
      ? this.#sql.filtered.all(after, `$.${filter.column}`, toSql(filter.value), limit)
      : this.#sql.page.all(after, limit);
    return rows.map((row) => toRow(row) as Row);
  }

  /** At most `size` rows, and after which of them the next page begins, where there is one. */
  pageOf(size: number, options: Omit<PageOptions, 'limit'>): Page {
    const rows = this.page({ ...options, limit: size + 1 });
    if (rows.length <= size) return { rows, next: undefined };
    return { rows: rows.slice(0, size), next: rows[size - 1]?.seq };
  }

  #write(statement: StatementSync, ...parameters: SQLInputValue[]): Row {
    try {
      return toRow(statement.get(...parameters)) as Row;
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== constraintUnique) throw error;
      throw new DuplicateKey(`"${this.name}" already has a row with these key values.`, {
        cause: error,
      });
    }
  }
}

function toRow(columns: Record<string, unknown> | undefined): Row | undefined {
  if (!columns) return undefined;
  const { seq, id, version, fields } = columns as unknown as Row & { fields: string };
  return { seq, id, version, fields: JSON.parse(fields) as Fields };
}

function toSql(value: FilterValue): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : value;
}
