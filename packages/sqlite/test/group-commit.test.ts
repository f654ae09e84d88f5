/** Writes share transactions without sharing their mistakes. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@runafter/clock';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../src/connection.ts';
import { Database } from '../src/database.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('writes', () => {
  it('that are called in the same turn share a transaction, also when they come from promise chains', async () => {
    const { database } = await openLog();
    const chain = async (hops: number) => {
      for (let hop = 0; hop < hops; hop++) await undefined;
      return await database.write((connection) => connection.transaction);
    };
    const transactions = await Promise.all([0, 0, 1, 5, 20].map(chain));
    expect(new Set(transactions).size).toBe(1);
  });

  it('take effect in the order of their calls', async () => {
    const { database, written } = await openLog();
    const texts = Array.from({ length: 100 }, (_, n) => `${n}`);
    await Promise.all(texts.map((text) => database.write((c) => append(c, text))));
    expect(written()).toEqual(texts);
  });

  it('are there for other connections when they are acknowledged', async () => {
    const { database, written } = await openLog();
    await database.write((connection) => append(connection, 'a'));
    expect(written()).toEqual(['a']);
  });

  it('that are very many take several transactions, and the event loop goes on in between', async () => {
    const { database } = await openLog();
    const transactions = new Set<number>();
    let turns = 0;
    const countTurns = () => {
      turns++;
      next = setImmediate(countTurns);
    };
    let next = setImmediate(countTurns);
    await Promise.all(
      Array.from({ length: 3_500 }, () =>
        database.write((connection) => transactions.add(connection.transaction)),
      ),
    );
    clearImmediate(next);
    expect(transactions.size).toBeGreaterThanOrEqual(4);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('that follow each other leave room for other work', async () => {
    const { database } = await openLog();
    let turns = 0;
    const countTurns = () => {
      turns++;
      next = setImmediate(countTurns);
    };
    let next = setImmediate(countTurns);
    for (let n = 0; n < 50; n++) await database.write((connection) => append(connection, `${n}`));
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(49);
  });
});

describe('a write that fails', () => {
  it('fails alone, and leaves nothing of itself', async () => {
    const { database, written } = await openLog();
    const mistake = new Error('a mistake');
    const settled = await Promise.allSettled([
      database.write((connection) => append(connection, 'before')),
      database.write((connection) => {
        append(connection, 'half');
        throw mistake;
      }),
      database.write((connection) => append(connection, 'after')),
      database.write((connection) => connection.statement('SELECT * FROM nowhere').all()),
      database.write((connection) => append(connection, 'last')),
    ]);
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(settled[1]).toMatchObject({ reason: mistake });
    expect(written()).toEqual(['before', 'after', 'last']);
  });

  it('does not make later ones slow: they share transactions again', async () => {
    const { database } = await openLog();
    await expect(
      database.write(() => {
        throw new Error('a mistake');
      }),
    ).rejects.toThrow('a mistake');
    const number = () => database.write((connection) => connection.transaction);
    expect(new Set(await Promise.all([number(), number(), number()])).size).toBe(1);
  });
});

async function openLog(): Promise<{ database: Database; written: () => unknown[] }> {
  const file = join(temporaryFolder(), 'log.db');
  const database = new Database(file, {
    clock: systemClock,
    synchronous: 'normal',
    readOnly: false,
    busyTimeout: 10_000,
  });
  onTestFinished(() => database.close());
  await database.write((connection) => connection.statement('CREATE TABLE log (text)').run());
  const written = () => {
    const other = new DatabaseSync(file);
    const rows = other.prepare('SELECT text FROM log ORDER BY rowid').all();
    other.close();
    return rows.map(({ text }) => text);
  };
  return { database, written };
}

function append(connection: Connection, text: string): void {
  connection.statement('INSERT INTO log VALUES (?)').run(text);
}
