/**
 * Steps that were published never change. A step that is not in a release yet may: then its hash here
 * changes with it.
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { migrations } from '../src/migrations.ts';

const published: Readonly<Record<string, string>> = {
  documents: 'dfbcdfba6a5c42a3',
  counters: '7e4fe365eedfbf69',
  locks: '538e792bbe5d288e',
  pools: '2ef1e6ebe042b874',
};

it('every published step is as it was, in its place', () => {
  const hashes = migrations.map(({ title, ...sql }) => [title, hashOf(sql)]);
  expect(hashes.slice(0, Object.keys(published).length)).toEqual(Object.entries(published));
});

function hashOf(sql: unknown): string {
  return createHash('sha256').update(JSON.stringify(sql)).digest('hex').slice(0, 16);
}
