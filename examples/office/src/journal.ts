/**
 * What was written, by whom and under which idempotency key: the witness that tests ask afterwards.
 *
 * Invariant: an entry is made in the same transaction as the write it tells of, so a write without an
 * entry, or an entry without its write, cannot exist. Read next: store.ts.
 * @module
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Call, Refusal, type ServiceName } from './call.ts';

export interface Write {
  readonly seq: number;
  readonly service: ServiceName;
  readonly connection: string;
  readonly operation: 'create' | 'update' | 'delete' | 'send';
  /** What was written: `Reports(7)`, `crm_customers(4f0c…)`, `Sent items(3)`. */
  readonly target: string;
  readonly key: string | undefined;
  /** False for a repeated delivery that was recognised by its key and changed nothing. */
  readonly effect: boolean;
}

export class Journal {
  readonly #insert: StatementSync;
  readonly #all: StatementSync;
  readonly #underKey: StatementSync;
  readonly #first: StatementSync;

  constructor(database: DatabaseSync) {
    database.exec(`CREATE TABLE IF NOT EXISTS writes (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      service TEXT NOT NULL,
      connection TEXT NOT NULL,
      operation TEXT NOT NULL,
      target TEXT NOT NULL,
      key TEXT,
      digest TEXT NOT NULL,
      effect INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS writes_key ON writes (key, service)`);
    this.#insert = database.prepare(
      `INSERT INTO writes (service, connection, operation, target, key, digest, effect)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#all = database.prepare('SELECT * FROM writes ORDER BY seq');
    this.#underKey = database.prepare('SELECT * FROM writes WHERE key = ? ORDER BY seq');
    this.#first = database.prepare(
      'SELECT target, digest FROM writes WHERE key = ? AND service = ? ORDER BY seq LIMIT 1',
    );
  }

  record(call: Call, operation: Write['operation'], target: string, effect = true): void {
    this.#insert.run(
      call.service,
      call.connection,
      operation,
      target,
      call.idempotencyKey ?? null,
      digest(call),
      Number(effect),
    );
  }

  /**
   * What an earlier call with the same key wrote, or undefined when this one is the first.
   * @throws {Refusal} 422 when the key came before with another body: then it is not a repetition.
   */
  earlier(call: Call): string | undefined {
    if (call.idempotencyKey === undefined) return undefined;
    const entry = this.#first.get(call.idempotencyKey, call.service);
    if (!entry) return undefined;
    if (entry.digest !== digest(call)) {
      throw new Refusal(
        422,
        'IdempotencyKeyReused',
        `The Idempotency-Key "${call.idempotencyKey}" was used before with another body.`,
      );
    }
    return entry.target as string;
  }

  /** @param key - only the writes under this idempotency key. */
  writes(key?: string): Write[] {
    const entries = key === undefined ? this.#all.all() : this.#underKey.all(key);
    return entries.map((entry) => ({
      seq: entry.seq as number,
      service: entry.service as ServiceName,
      connection: entry.connection as string,
      operation: entry.operation as Write['operation'],
      target: entry.target as string,
      key: (entry.key as string | null) ?? undefined,
      effect: entry.effect === 1,
    }));
  }
}

function digest(call: Call): string {
  return createHash('sha256').update(`${call.path}\n${call.body}`).digest('base64');
}
