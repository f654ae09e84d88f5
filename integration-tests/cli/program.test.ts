/** What only the real process shows: streams, colours, and how Node takes files that it cannot run. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/workspace.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { RunafterProgram, runafter } from './runafter-program.ts';

const orders = join(root, 'packages/cli/test/files/orders.ts');

describe('a file that Node cannot run', { timeout: 60_000 }, () => {
  it.each([
    {
      name: 'enum.ts',
      text: 'export enum Size { Small }',
      says: 'write an enum as a constant object',
    },
    { name: 'page.tsx', text: 'export const a = 1;', says: 'Node runs .ts, .mts, .js and .mjs' },
    {
      name: 'imports.ts',
      text: "import './order.js';",
      says: "Import files with the extension that they have: './order.ts'",
    },
    {
      name: 'package.ts',
      text: "import 'no-such-package';",
      says: 'Install the package beside the file',
    },
    { name: 'typo.js', text: 'export const = 1;', says: 'It has a syntax error' },
  ])('$name', async ({ name, text, says }) => {
    const folder = temporaryFolder({ [name]: text, 'package.json': { type: 'module' } });
    const { code, stdout, stderr } = await runafter(['run', join(folder, name)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

it('what fails outside of every handler does not look like a run that failed', async () => {
  const text = `
    import { workflow } from '@runafter/core';
    export const flow = workflow('Flow', (body) => {
      body.action('Forget', () => void Promise.reject(new Error('nobody awaits this')));
      body.delay('Wait', [], '1h');
    });`;
  // It is among the tests, where its import is found.
  const folder = temporaryFolder({ 'flow.ts': text }, import.meta.dirname);
  const { code, stdout, stderr } = await runafter(['run', join(folder, 'flow.ts')]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('error UNKNOWN_ERROR: nobody awaits this');
});

it('a reader that goes away is no error', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder({});
  const large = join(folder, 'input.json');
  appendFileSync(large, JSON.stringify({ sku: 'A', lines: Array(30_000).fill(123_456) }));
  const program = new RunafterProgram([
    ...['run', `${orders}#fulfilOrder`, '--input', `@${large}`, '--json', '--progress', 'none'],
  ]);
  program.stopReading();
  expect(await program.ended).toEqual({ code: 0, stdout: '', stderr: '' });
});

it('colours only where they are wanted', { timeout: 60_000 }, async () => {
  const describeOrders = ['describe', orders, '--workflow', 'Fulfil_Order'];
  const [piped, forced, refused] = await Promise.all([
    runafter(describeOrders),
    runafter(describeOrders, { FORCE_COLOR: '1' }),
    runafter([...describeOrders, '--stack'], { NO_COLOR: '1' }),
  ]);
  expect(piped.stdout).toMatch(/^Fulfil_Order\n {2}Validate_Inventory\n/);
  expect(forced.stdout).toContain('\u001b[1mFulfil_Order');
  expect(refused.stdout).toBe(piped.stdout);
});

it('a bar can be had in a pipe, and is gone at the end', { timeout: 60_000 }, async () => {
  const input = '{"sku":"A-17","lines":[1,2,3]}';
  const { code, stderr } = await runafter([
    ...['run', `${orders}#fulfilOrder`, '--input', input, '--progress', 'bar'],
  ]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^Fulfil_Order .* 0%/);
  expect(stderr.endsWith('A\u001b[0J')).toBe(true);
});
