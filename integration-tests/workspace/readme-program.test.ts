/** The first program of a README, which check-packages runs as its reader would. */
import { describe, expect, it } from 'vitest';
import { firstProgram } from '../../scripts/packed/readme-program.ts';

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
      prints: ['2', 'more'],
    });
  });

  it('is missed where there is none, and where nothing says what it prints', () => {
    expect(() => firstProgram('# A package\n')).toThrow('no block of TypeScript');
    expect(() => firstProgram('```ts\nrun();\n```\n')).toThrow('console.log');
  });
});
