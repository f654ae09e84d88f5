/** The first program of a README, which check-packages runs as its reader would. */
import { describe, expect, it } from 'vitest';
import { firstProgram, firstUntrue } from '../../scripts/packed/readme-program.ts';

const readme = `# A package

\`\`\`sh
npm install it
\`\`\`

\`\`\`ts
const total = 1 + 1;
console.log(total); // 2
if (total > 1) console.log('more'); // more
\`\`\`

\`\`\`ts
another();
\`\`\`
`;

describe('firstProgram', () => {
  it('is the first block of TypeScript, with what it prints', () => {
    expect(firstProgram(readme)).toEqual({
      code: "const total = 1 + 1;\nconsole.log(total); // 2\nif (total > 1) console.log('more'); // more\n",
      comments: ['2', 'more'],
    });
  });

  it('is missed where there is none, and where nothing says what it prints', () => {
    expect(() => firstProgram('# A package\n')).toThrow('no block of TypeScript');
    expect(() => firstProgram('```ts\nrun();\n```\n')).toThrow('console.log');
  });
});

describe('firstUntrue', () => {
  const program = { code: '', comments: ['1n, and no more', 'done'] };

  it('is nothing when the lines come in the order of the page, with others between', () => {
    expect(firstUntrue(program, ['1n', 'by the way', 'done'])).toBeUndefined();
  });

  it('is what was printed otherwise, too early, or not at all', () => {
    expect(firstUntrue(program, ['1', 'done'])).toBe('1n, and no more');
    expect(firstUntrue(program, ['done', '1n'])).toBe('done');
    expect(firstUntrue(program, ['', '1n'])).toBe('done');
  });
});
