/** What the README shows is what the commands write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandTable } from '../src/commands/command-table.ts';
import { exitCodes } from '../src/exit-codes.ts';
import { runCli } from '../src/run-cli.ts';
import { fakeSession } from './fake-session.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const file = 'files/fulfil-order.ts';

async function written(...argv: string[]): Promise<string> {
  const session = fakeSession();
  await runCli(argv, session);
  return session.written.stdout;
}

it('of describe', async () => {
  expect(readme).toContain(await written('describe', file));
});

it('of run, but for the time that it took', async () => {
  const input = '{"sku":"A-17"}';
  const text = await written('run', file, '--input', input, '--run-id', 'order-17');
  expect(readme).toContain(text.replace(/in \d+ms/, 'in 47ms'));
});

it('names every command and every exit code', () => {
  for (const { name } of commandTable) expect(readme).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'));
  for (const code of Object.values(exitCodes)) expect(readme).toContain(`\n| ${code} | `);
});
