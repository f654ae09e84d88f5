import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officeClient } from '@runafter/example-office';
import { expect, onTestFinished, test } from 'vitest';
import { example, factsIn } from './example.ts';

const timeout = 60_000;

/** A file with the first hires of the example, gone after the test. */
async function firstHires(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'few.csv');
  const lines = readFileSync(join(import.meta.dirname, '..', 'hires.csv'), 'utf8').split('\n');
  await writeFile(file, lines.slice(0, count + 1).join('\n'));
  return file;
}

test('the whole batch: 150 complete, 50 undone without a trace, nobody half done', {
  timeout,
}, async () => {
  const ending = await example(['--json', '--speed', '1500']);
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  expect(factsIn(ending)).toMatchObject({
    hires: 200,
    complete: 150,
    reasons: [{ code: 'POOL_EMPTY', count: 50 }],
    proof: { complete: 150, untouched: 50, halfDone: 0, strays: 0, licencesHeld: 150 },
  });
});

test('the whole batch, killed half-way and started again: the same, in words for people', {
  timeout,
}, async () => {
  const { code, stdout, stderr } = await example(['--kill', '--speed', '1500']);
  expect([code, stderr]).toEqual([0, '']);
  const [, done] =
    /^SIGKILL: process \d+ is gone, .*; (\d+) hires were done with\.$/m.exec(stdout) ?? [];
  expect(Number(done)).toBeGreaterThan(50);
  expect(Number(done)).toBeLessThan(150);
  expect(stdout).toContain('started again    200 of 200');
  expect(stdout.match(/^ {2}E4\d{3} .* no E[35] licence was left; undone: Account/gm)).toHaveLength(
    50,
  );
  expect(stdout).toMatch(/^ {2}complete +150\n {2}POOL_EMPTY +50$/m);
  expect(stdout).toContain('(directory, sites, mailbox, SQLite)');
  expect(stdout).toMatch(/^ {2}one of everything +150 .*\n {2}nothing anywhere +50\n.* twice +0$/m);
  expect(stdout).toMatch(/^ {2}licences held +150 {3}of 150$/m);
  expect(stdout).toMatch(/one after the other +15 h 00 min +computed: 200 hires, 4.5 minutes each/);
});

test('somebody who is half done makes the exit code 1', { timeout }, async () => {
  let planted: Promise<unknown> | undefined;
  const args = ['--speed', '200', '--input', await firstHires(6)];
  const { code, stdout } = await example(args, (text) => {
    const url = /at (http:[^\s,]+)/.exec(text)?.[1];
    if (url === undefined) return;
    // As somebody does who gives a new colleague an account by hand.
    planted ??= officeClient(url).accounts.create({
      userPrincipalName: 'by.hand@example.com',
      displayName: 'By Hand',
      employeeId: 'E4001',
      department: 'Sales',
    });
  });
  await planted;
  expect(stdout).toMatch(/^ {2}half done, or twice +1$/m);
  expect(stdout).toContain('E4001: 2 account, 1 site, 1 licence, 1 log, 1 mail');
  expect(code).toBe(1);
});

test('Ctrl-C stops it, and the process that works', { timeout }, async () => {
  let told = false;
  const { code, stdout, stderr } = await example(['--speed', '1500'], (text, kill) => {
    if (told || !text.includes('67 of 200')) return;
    told = true;
    kill('SIGINT');
  });
  expect(code).toBe(130);
  expect(stderr).toContain('The onboarding was stopped by SIGINT');
  expect(stdout).not.toContain('Summary');
});

test('a file that is wrong is told by line, before anything is done', async () => {
  const file = await firstHires(3);
  await writeFile(file, readFileSync(file, 'utf8').replace(/,E\d$/m, ',E7'));
  const { code, stdout, stderr } = await example(['--input', file]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('few.csv, line 2: Licence is "E7". It must be one of E3, E5.');
});

test('--help says what there is, and the exit codes', async () => {
  const { code, stdout } = await example(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--kill');
  expect(stdout).toContain('exit code is 0');
});

test('an option that does not exist is refused with exit code 2 and without a stack', async () => {
  const { code, stdout, stderr } = await example(['--kil']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain("Unknown option '--kil'");
  expect(stderr).toContain('npm run example -- onboarding [options]');
  expect(stderr).not.toMatch(/^\s+at /m);
});
