/** A history that survives its process. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../workspace/temporary-folder.ts';
import { Journal, readJournals } from './journal.ts';

const fileOf = () => join(temporaryFolder({}), 'journal');
const never = new Promise<never>(() => {});

it('holds what was begun when its process ends, and what came of all else', async () => {
  const file = fileOf();
  using journal = new Journal<string, bigint>(file, () => 'failed');
  await journal.record('A', 'first', async () => 7n);
  void journal.record('B', 'second', () => never);
  await journal.record('A', 'third', () => Promise.reject(new Error('no'))).catch(() => {});

  expect(readJournals<string, bigint>([file])).toMatchObject([
    { client: 'A', op: 'first', outcome: { status: 'ok', value: 7n } },
    { client: 'B', op: 'second', returned: Infinity, outcome: { status: 'unknown' } },
    { client: 'A', op: 'third', outcome: { status: 'failed', error: 'no' } },
  ]);
});

it('has an operation in the file before it begins', async () => {
  const file = fileOf();
  using journal = new Journal<string, string>(file, () => 'unknown');
  const seen = await journal.record('A', 'look', async () => readFileSync(file, 'utf8'));

  expect(seen).toContain('"look"');
});

it('is read without the line that was being written when its process was killed', async () => {
  const file = fileOf();
  using journal = new Journal<string, number>(file, () => 'unknown');
  await journal.record('A', 'first', async () => 1);
  appendFileSync(file, '1 {"time":"clock","operat');

  expect(readJournals<string, number>([file])).toHaveLength(1);
});

it('makes one history of several journals, in the order of time', async () => {
  const files = [fileOf(), fileOf()];
  using one = new Journal<string, number>(files[0] ?? '', () => 'unknown');
  using other = new Journal<string, number>(files[1] ?? '', () => 'unknown');
  await one.record('A', 'first', async () => 1);
  await other.record('B', 'second', async () => 2);
  await one.record('A', 'third', async () => 3);

  const ops = readJournals<string, number>(files).map(({ op }) => op);
  expect(ops).toEqual(['first', 'second', 'third']);
});
