/** `npm run typecheck` sees every TypeScript file, and `npm test` judges every type test. */
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { readPackages, root } from '../../scripts/workspace.ts';

const testsProject = 'tsconfig.tests.json';
const projects = [
  testsProject,
  'tsconfig.tools.json',
  ...readPackages().map(({ folder }) => `packages/${folder}`),
  'packages/report/src/client',
];

it('checks every TypeScript file of the workspace', async () => {
  const checked = new Set((await Promise.all(projects.map(filesOf))).flat());
  const files = filesLike('**/*.{ts,mts,cts,tsx}');
  expect(files.filter((file) => !checked.has(file))).toEqual([]);
});

it('checks every type test in the project that vitest uses, where an unknown one would pass', async () => {
  const checked = new Set(await filesOf(testsProject));
  const files = filesLike('**/*.test-d.ts');
  expect(files.filter((file) => !checked.has(file))).toEqual([]);
});

function filesLike(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**', '.tmp/**'] });
}

async function filesOf(project: string): Promise<string[]> {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const args = ['--project', project, '--listFilesOnly'];
  const { code, stdout, output } = await captureProgram(tsc, args, { cwd: root });
  expect(code, output).toBe(0);
  return stdout.split('\n').map((file) => relative(root, file));
}
