/** What the command line understands, and what it says of the rest. */
import { describe, expect, it } from 'vitest';
import { commandTable } from '../src/commands/command-table.ts';
import { runCli } from '../src/run-cli.ts';
import { fakeSession } from './fake-session.ts';

async function cli(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const session = fakeSession();
  const code = await runCli(argv, session);
  return { code, ...session.written };
}

describe('help', () => {
  it('lists every command', async () => {
    const { code, stdout, stderr } = await cli('--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const { name, summary } of commandTable) {
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(` ${summary}`);
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  it.each(commandTable.map(({ name }) => name))('of %s has examples that call it', async (name) => {
    const { code, stdout } = await cli(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n(.*\\n)*? +.*runafter ${name}\\b`));
    expect(stdout).toContain('--json');
  });

  it('is the same after the word help', async () => {
    const word = await cli('help', 'list');
    expect(word.stdout).toBe((await cli('list', '--help')).stdout);
  });

  it('without a command goes to stderr, and is wrong use', async () => {
    const { code, stdout, stderr } = await cli();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Commands:');
  });
});

it('says its version', async () => {
  const { code, stdout } = await cli('--version');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('wrong use', () => {
  it.each([
    { argv: ['descibe'], says: 'Did you mean describe?' },
    { argv: ['list', '--stoer', 'x.db'], says: 'Did you mean --store?' },
    { argv: ['list', 'runs.db'], says: 'Too many arguments' },
    { argv: ['run'], says: "Missing required argument 'file'" },
    { argv: ['run', 'x.ts', '--timeout', '5 parsecs'], says: '--timeout <duration>: ' },
    { argv: ['run', 'x.ts', '--timeout', '30'], says: '"30" is not a duration' },
    { argv: ['run', 'x.ts', '--max-concurrent', '0'], says: 'whole one of at least 1' },
    { argv: ['list', '--status', 'suceeded'], says: 'Did you mean "Succeeded"?' },
    { argv: ['describe', 'x.ts', '--format', 'svg'], says: 'text, mermaid, json' },
    { argv: ['list'], says: 'RUNAFTER_STORE' },
    { argv: ['list', '--store', 'redi://localhost'], says: 'Did you mean "redis"?' },
  ])('$argv', async ({ argv, says }) => {
    const { code, stdout, stderr } = await cli(...argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^error [A-Z_]+: .+[.?]\n/);
    expect(stderr).toMatch(/\nfix: /);
    expect(stderr, 'no stack').not.toMatch(/^ +at /m);
  });

  it('is JSON on stdout for programs', async () => {
    const { code, stdout, stderr } = await cli('list', '--json', '--stoer', 'x.db');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'CLI_USAGE',
        message: expect.stringContaining('--store'),
        fix: expect.stringContaining('--help'),
      },
    });
  });

  it('shows its stack only when asked', async () => {
    expect((await cli('list', '--stack')).stderr).toMatch(/^ +at /m);
    const session = fakeSession({ env: { RUNAFTER_STACK: '1' } });
    await runCli(['list'], session);
    expect(session.written.stderr).toMatch(/^ +at /m);
  });
});

it('takes the store from the environment, and an option before that', async () => {
  const session = fakeSession({ env: { RUNAFTER_STORE: 'env.db' } });
  await runCli(['list'], session);
  await runCli(['list', '--store', 'option.db'], session);
  expect(session.written.stderr.match(/"\w+\.db"/g)).toEqual(['"env.db"', '"option.db"']);
});
