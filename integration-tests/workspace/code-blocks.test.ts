/** What people copy from a page compiles. Blocks that quote a program are left to `npm run recipes`. */
import { describe, expect, it } from 'vitest';
import { checkCodeBlocks, readPages } from '../../scripts/docs/check-code-blocks.ts';
import { type CodeBlock, findCodeBlocks, toModule } from '../../scripts/docs/code-blocks.ts';

/** Two blocks of which the second has a mistake on line 12, and one that nobody checks. */
const planted = `# Planted

\`\`\`ts
import { type Flow, workflow } from '@runafter/core';

const greet = workflow('Greet', (flow: Flow<string>) => flow.action('Hello', ({ input }) => input));
\`\`\`

\`\`\`ts
import { start } from '@runafter/core';
const run = start(greet, 'Ada');
run.finnished;
\`\`\`

\`\`\`ts no-check a part of an expression
{ concurrency: 5 }
\`\`\`
`;

it('compiles every block of TypeScript on every page, and says where one does not', async () => {
  const pages = new Map([...readPages(), ['planted.md', planted]]);
  const { problems, checked, unchecked } = await checkCodeBlocks(pages);

  expect(problems.filter((problem) => !problem.startsWith('planted.md'))).toEqual([]);
  expect(problems).toEqual([expect.stringMatching(/^planted\.md:12 error TS\d+: .*'finnished'/)]);
  expect(checked).toBeGreaterThan(30);

  const excused = unchecked.filter(({ place }) => place !== 'planted.md:15');
  expect(excused.length).toBe(unchecked.length - 1);
  expect(excused.length, JSON.stringify(excused)).toBeLessThan(6);
  expect(excused.filter(({ reason }) => reason.length < 10)).toEqual([]);
});

describe('findCodeBlocks', () => {
  it('takes blocks of TypeScript, also in lists, and leaves quotes alone', () => {
    const page =
      '```ts\na;\n```\n- b\n\n  ```ts\n  c;\n    d;\n  ```\n```ts file=e.ts\ne;\n```\n```sh\nf\n```';
    expect(findCodeBlocks(page)).toEqual([
      { lines: ['a;'], firstLine: 2, unchecked: undefined },
      { lines: ['c;', '  d;'], firstLine: 7, unchecked: undefined },
    ]);
  });

  it('sees no block in an example of Markdown', () => {
    expect(findCodeBlocks('````md\n```ts\na;\n```\n````')).toEqual([]);
  });
});

describe('toModule', () => {
  const block = (...lines: string[]): CodeBlock => ({ lines, firstLine: 10, unchecked: undefined });

  it('puts imports on top, each name once, and each block into the scope of those before', () => {
    const blocks = [
      block("import { a, b } from 'm';", 'a();'),
      block("import { b, type C } from 'm';", 'export const d = b();'),
    ];
    expect(toModule(blocks, []).text).toBe(
      [
        "import { a, b } from 'm';",
        "import { type C } from 'm';",
        '{',
        'a();',
        '{',
        'const d = b();',
        '}}',
      ].join('\n'),
    );
  });

  it("imports what a page needs from its preludes, unless the page has its own, and from the page's own first", () => {
    const preludes = [
      { path: 'shared.ts', names: ['a', 'b', 'c'] },
      { path: 'own.ts', names: ['b'] },
    ];
    expect(toModule([block("import a from 'm';")], preludes).text).toBe(
      [
        "import a from 'm';",
        "import { b } from 'own.ts';",
        "import { c } from 'shared.ts';",
        '{',
        '}',
      ].join('\n'),
    );
  });

  it('knows which line of the page each line is from', () => {
    expect(toModule([block("import a from 'm';", 'a();')], []).origin).toEqual([
      10,
      undefined,
      11,
      undefined,
    ]);
  });
});
