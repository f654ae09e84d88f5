/** What only documents in a file have. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DocumentStore } from '@runafter/optimistic';
import { expect, it, onTestFinished } from 'vitest';
import { databaseOf } from '../../src/database-options.ts';
import {
  deleteDocument,
  insertDocument,
  pageQuery,
  updateDocument,
} from '../../src/documents/document-table.ts';
import { sqliteDocumentStore } from '../../src/index.ts';
import { listed } from '../listed.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('takes only the ETag itself for a version, and nothing that is equal to it as a number', async () => {
  const database = databaseOf(':memory:', {});
  onTestFinished(() => database.close());
  const record = { body: '1', facts: undefined };
  const etag = await database.write((connection) => insertDocument(connection, 'a', record));
  for (const lookalike of [`0${etag}`, `${etag}.0`, ` ${etag}`, `${etag}e0`, `+${etag}`, '']) {
    const answers = await database.write((connection) => [
      updateDocument(connection, 'a', record, lookalike),
      deleteDocument(connection, 'a', lookalike),
    ]);
    expect(answers).toEqual([undefined, false]);
  }
  const isDeleted = database.write((connection) => deleteDocument(connection, 'a', `${etag}`));
  expect(await isDeleted).toBe(true);
});

it('keeps stores with different prefixes apart in one file', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const [all, orders, percent] = ['', 'order/', 'order%'].map((prefix) =>
    opened(sqliteDocumentStore<string>(file, { prefix })),
  ) as [DocumentStore<string>, DocumentStore<string>, DocumentStore<string>];
  await orders.create('17', 'order');
  await percent.create('17', 'percent');
  await all.create('17', 'all');
  expect((await orders.read('17'))?.value).toBe('order');
  expect((await percent.read('17'))?.value).toBe('percent');
  expect((await listed(orders)).map(({ key }) => key)).toEqual(['17']);
  const keys = (await listed(all)).map(({ key }) => key);
  expect(keys.sort()).toEqual(['17', 'order%17', 'order/17']);
});

it('finds the keys with a prefix by the index, however many others there are', async () => {
  const file = join(temporaryFolder(), 'app.db');
  await opened(sqliteDocumentStore<number>(file)).create('a', 1);
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${pageQuery}`).all('a', 'b', 10);
  expect(plan.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^SEARCH document USING INDEX .*\(key>\? AND key<\?\)$/),
  ]);
});

it('holds documents in memory until it is closed, and shares them with nobody', async () => {
  const [one, two] = [':memory:', ':memory:'].map((file) =>
    opened(sqliteDocumentStore<number>(file)),
  ) as [DocumentStore<number>, DocumentStore<number>];
  const etag = await one.create('a', 1);
  await one.replace('a', 2, etag);
  expect((await one.read('a'))?.value).toBe(2);
  expect(await two.read('a')).toBeUndefined();
});

function opened<T>(store: DocumentStore<T>): DocumentStore<T> {
  onTestFinished(() => store.close());
  return store;
}
