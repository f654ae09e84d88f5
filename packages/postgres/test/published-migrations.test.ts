/**
 * Steps that were published never change. A step that is not in a release yet may: then its hash here
 * changes with it.
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { migrations } from '../src/migrations.ts';

const published: Readonly<Record<string, string>> = {
  documents: '8cd1b3b2b8d27428',
  counters: '3cc9a5bd56fe3c03',
  locks: '94cf68c3ad455d7f',
  pools: '78371ea356423ce1',
  runs: '47b0475e7293aea0',
};

it('every published step is as it was, in its place', () => {
  const hashes = migrations.map(({ title, ...sql }) => [title, hashOf(sql)]);
  expect(hashes.slice(0, Object.keys(published).length)).toEqual(Object.entries(published));
});

function hashOf(sql: unknown): string {
  return createHash('sha256').update(JSON.stringify(sql)).digest('hex').slice(0, 16);
}
