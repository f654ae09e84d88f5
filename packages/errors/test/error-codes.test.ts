import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CodeTable, describeCode, errorCodes, findCodeProblems } from '../src/index.ts';

const tables = await Promise.all(
  (await readdir(new URL('../src/codes/', import.meta.url))).map(async (file) => {
    // A package with many codes has several files: core.ts, core.run.ts.
    const [subject] = file.split('.');
    const name = basename(file, '.ts');
    const exported: Record<string, CodeTable> = await import(`../src/codes/${name}.ts`);
    const codes: CodeTable = Object.assign({}, ...Object.values(exported));
    return { subject, codes };
  }),
);

describe('the code table', () => {
  it('has a title, a reason and a fix for every code', () => {
    expect(findCodeProblems(errorCodes)).toEqual([]);
  });

  it('holds the codes of every file, and no code twice', () => {
    const codes = tables.flatMap((table) => Object.keys(table.codes)).sort();
    expect(Object.keys(errorCodes).sort()).toEqual(codes);
  });

  it.each(tables)('names @runafter/$subject for every code of its file', ({ subject, codes }) => {
    const owner = `@runafter/${subject}`;
    expect(Object.values(codes).filter((entry) => entry.package !== owner)).toEqual([]);
  });

  it('cannot be changed by accident', () => {
    expect(Object.isFrozen(errorCodes)).toBe(true);
  });
});

describe('describeCode', () => {
  it('explains a code', () => {
    expect(describeCode('DURATION_INVALID').fix).toContain('duration');
  });

  it.each(['OUT_OF_STOCK', 'toString', ''])('knows nothing of %j', (code) => {
    expect(describeCode(code)).toBeUndefined();
  });
});

describe('findCodeProblems', () => {
  it('names the code and what is missing', () => {
    const complete = { package: 'shop', title: 'It is gone.', why: 'Sold out.', fix: 'Order it.' };
    expect(
      findCodeProblems({
        OUT_OF_STOCK: complete,
        outOfStock: complete,
        NO_PACKAGE: { ...complete, package: '' },
        NO_FIX: { ...complete, fix: ' ' },
        HALF_A_SENTENCE: { ...complete, why: 'because' },
      }),
    ).toEqual([
      'outOfStock is not written as upper-case words joined by underscores.',
      'NO_PACKAGE does not say its package.',
      'NO_FIX has no fix.',
      'HALF_A_SENTENCE: its why does not end as a sentence.',
    ]);
  });
});
