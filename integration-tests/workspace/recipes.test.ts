/** The cookbook shows only code that runs, and shows it to the letter. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findQuotes } from '../../scripts/recipes/quotes.ts';
import { runRecipes, writeQuotes } from '../../scripts/recipes/recipe-runner.ts';
import { readRegion } from '../../scripts/recipes/regions.ts';
import { temporaryFolder } from './temporary-folder.ts';

const program = `import assert from 'node:assert/strict';

// #region add
function add(a: number, b: number): number {
  // #region sum
  return a + b;
  // #endregion
}
// #endregion

assert.equal(add(1, 2), 3);
`;

const quote = `
Before.

\`\`\`ts file=../recipes/add.ts#sum
return a + b;
\`\`\`

After.
`;

describe('a region', () => {
  it('is what stands between its markers, without the indentation of the whole', () => {
    expect(readRegion(program, 'sum')).toBe('return a + b;');
  });

  it('shows no markers of the regions in it', () => {
    expect(readRegion(program, 'add')).toBe(
      'function add(a: number, b: number): number {\n  return a + b;\n}',
    );
  });

  it('is the whole program when it has no name', () => {
    expect(readRegion(program, undefined)).toMatch(/^import assert[^#]+assert\.equal\(.+\);$/);
  });

  it('is found in a file with the line ends of Windows', () => {
    expect(readRegion(program.replaceAll('\n', '\r\n'), 'sum')).toBe('return a + b;');
  });

  it.each([
    {
      what: 'that is not there',
      text: program,
      name: 'product',
      says: 'no line "// #region product"',
    },
    { what: 'that does not end', text: '// #region a\nx', name: 'a', says: 'not followed by its' },
    {
      what: 'that is there twice',
      text: '// #region a\n// #endregion\n// #region a\n// #endregion',
      name: 'a',
      says: 'is there 2 times',
    },
  ])('$what is refused', ({ text, name, says }) => {
    expect(() => readRegion(text, name)).toThrow(says);
  });
});

describe('a quote', () => {
  it('is a block that names its source', () => {
    expect(findQuotes(quote)).toEqual([
      { file: '../recipes/add.ts', region: 'sum', text: 'return a + b;', line: 4 },
    ]);
  });

  it('is not a block without a source, nor an example of one in a longer block', () => {
    const page = ['```ts', 'x', '```', '````md', '```ts file=a.ts', '```', '````'].join('\n');
    expect(findQuotes(page)).toEqual([]);
  });

  it('may be indented, as in a list', () => {
    const page = '- Item:\n  ```ts file=a.ts\n  if (x) {\n    y();\n  }\n  ```\n';
    expect(findQuotes(page)).toMatchObject([{ file: 'a.ts', text: 'if (x) {\n  y();\n}' }]);
  });

  it('that does not end is refused', () => {
    expect(() => findQuotes('```ts file=a.ts\nx')).toThrow('line 1: the block that quotes a.ts');
  });
});

describe('the runner', () => {
  it('passes a program that runs and a page that quotes it', async () => {
    const ending = await run({ 'docs/recipes/add.ts': program, 'docs/cookbook/add.md': quote });
    expect(ending).toEqual({
      runner: 'recipes',
      exitCode: 0,
      tally: { passed: 2, failed: 0, skipped: 0 },
      said: ' ✓ docs/cookbook/add.md\n ✓ docs/recipes/add.ts',
    });
  });

  it('takes quotes on a README for quotes as well', async () => {
    const readme = quote.replace('../recipes', 'docs/recipes');
    const ending = await run({ 'docs/recipes/add.ts': program, 'README.md': readme });
    expect(ending.tally).toEqual({ passed: 2, failed: 0, skipped: 0 });
  });

  it.each([
    {
      what: 'a program whose claim does not hold',
      files: {
        'docs/recipes/add.ts': program.replace('2), 3', '2), 4'),
        'docs/cookbook/a.md': quote,
      },
      says: /✗ docs\/recipes\/add\.ts\n.*exit code 1[^✓✗]*AssertionError/,
    },
    {
      what: 'a program that no page quotes',
      files: {
        'docs/recipes/add.ts': program,
        'docs/recipes/lost.ts': '',
        'docs/cookbook/a.md': quote,
      },
      says: /✗ docs\/recipes\/lost\.ts\n.*No page quotes it/,
    },
    {
      what: 'a page that quotes a program that is gone',
      files: { 'docs/cookbook/a.md': quote },
      says: /✗ docs\/cookbook\/a\.md\n.*line 4: it quotes \.\.\/recipes\/add\.ts, but there is no/,
    },
    {
      what: 'a page that quotes a region that is gone',
      files: {
        'docs/recipes/add.ts': program,
        'docs/cookbook/a.md': quote.replace('#sum', '#total'),
      },
      says: /✗ docs\/cookbook\/a\.md\n.*no line "\/\/ #region total"/,
    },
    {
      what: 'a page that quotes an older text',
      files: {
        'docs/recipes/add.ts': program,
        'docs/cookbook/a.md': quote.replace('a + b', 'b + a'),
      },
      says: /✗ docs\/cookbook\/a\.md\n.*npm run recipes -- --write/,
    },
    {
      what: 'a page that quotes something outside of the workspace',
      files: { 'docs/cookbook/a.md': quote.replace('../recipes/add.ts#sum', '../../../etc/hosts') },
      says: /✗ docs\/cookbook\/a\.md\n.*in the workspace/,
    },
  ])('fails $what', async ({ files, says }) => {
    const ending = await run(files);
    expect(ending.said).toMatch(says);
    expect(ending).toMatchObject({ exitCode: 1, tally: { failed: 1 } });
  });

  it('has nothing to say where there are no recipes', async () => {
    const { said, ...ending } = await run({ 'docs/cookbook/a.md': 'Only prose.' });
    expect({ said, ending }).toEqual({ said: '', ending: {} });
  });
});

describe('writing the quotes', () => {
  it('brings a page up to date and leaves the rest of it alone', () => {
    const stale = `${quote.replace('return a + b;', 'a\nb')}${quote.replace('return a + b;\n', '')}`;
    const folder = temporaryFolder({
      'docs/recipes/add.ts': program,
      'docs/cookbook/a.md': stale,
      'docs/cookbook/b.md': quote,
    });
    expect(writeQuotes(folder)).toEqual(['docs/cookbook/a.md']);
    expect(readFileSync(join(folder, 'docs/cookbook/a.md'), 'utf8')).toBe(quote + quote);
  });

  it('keeps the indentation of a list', () => {
    const folder = temporaryFolder({
      'docs/recipes/add.ts': program,
      'docs/cookbook/a.md': '- x\n  ```ts file=../recipes/add.ts#add\n  ```\n',
    });
    writeQuotes(folder);
    expect(readFileSync(join(folder, 'docs/cookbook/a.md'), 'utf8')).toContain(
      '\n  function add(a: number, b: number): number {\n    return a + b;\n  }\n  ```\n',
    );
  });
});

/** Runs the recipes of a folder and keeps what is printed. */
async function run(
  files: Readonly<Record<string, string>>,
): Promise<NonNullable<Awaited<ReturnType<typeof runRecipes>>> & { said: string }> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const ending = await runRecipes(temporaryFolder(files));
    const said = log.mock.calls.map(([line]) => line).join('\n');
    return { ...(ending as NonNullable<typeof ending>), said };
  } finally {
    log.mockRestore();
  }
}
