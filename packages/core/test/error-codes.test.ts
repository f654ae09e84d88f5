import { readdir, readFile } from 'node:fs/promises';
import { errorCodes } from '@runafter/errors';
import { expect, it } from 'vitest';

const source = new URL('../src/', import.meta.url);

it('explains every code that it raises in the code table', async () => {
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const codes = new Set<string>();
  for (const file of files) {
    const text = await readFile(new URL(file, source), 'utf8');
    for (const [, code] of text.matchAll(/'([A-Z]{2,}(?:_[A-Z]+)+)'/g)) codes.add(code ?? '');
  }
  expect(codes.size).toBeGreaterThan(40);
  expect([...codes].filter((code) => !(code in errorCodes))).toEqual([]);
});
