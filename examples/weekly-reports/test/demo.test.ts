import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { comparisonIn, demo } from './demo.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('--json: the naive program loses something, runafter nothing', {
  timeout: 60_000,
}, async () => {
  const ending = await demo(['--json', '--speed', '20']);
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  const { expected, naive, runafter, summary } = comparisonIn(ending);
  expect(expected).toEqual({ items: 30, increments: 30, customers: 10 });
  expect(runafter).toEqual({ ...expected, seconds: expect.any(Number) });
  expect(summary).toEqual({ Complete: 30, Failed: 0 });
  const losses = [30 - naive.items, 30 - naive.increments, naive.customers - 10];
  expect(losses.reduce((sum, loss) => sum + loss)).toBeGreaterThan(0);
  expect(naive.seconds).toBeGreaterThan(0);
});

test('--fail --json: every report ends Failed, and is still counted', {
  timeout: 60_000,
}, async () => {
  const ending = await demo(['--fail', '--json', '--speed', '20']);
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  const { expected, runafter, summary } = comparisonIn(ending);
  expect(expected).toEqual({ items: 30, increments: 30, customers: 0 });
  expect(runafter).toMatchObject(expected);
  expect(summary).toEqual({ Complete: 0, Failed: 30 });
});

test('for people: progress, a table, the counts, a note, and a picture of the run', {
  timeout: 60_000,
}, async () => {
  const picture = join(await temporaryFolder(), 'run.html');
  const { code, stdout } = await demo(['--fail', '--speed', '20', '--report', picture]);
  expect(code).toBe(0);
  expect(stdout).toContain('with runafter      30 of 30');
  expect(stdout).toMatch(/^rows in the result +30 +\d+ \(\d+ lost\) +30$/m);
  expect(stdout).toContain('Summary, from result(): 0 Complete, 30 Failed.');
  expect(stdout).toContain('Dataverse has no table "crm_customer"');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(pathToFileURL(picture).href);
  const html = await readFile(picture, 'utf8');
  expect(html).toContain('Weekly_Reports');
  expect(html).toContain('Reports[29]/Set_Failed');
});

test('Ctrl-C stops it and says how the reports were left', { timeout: 60_000 }, async () => {
  let told = false;
  const { code, stdout, stderr } = await demo(['--speed', '20'], (text, kill) => {
    if (told || !text.includes('with runafter      10 of 30')) return;
    told = true;
    kill('SIGINT');
  });
  expect(code).toBe(130);
  expect(stdout).not.toContain('Summary');
  // What was stopped has not been done, and is not shown as if it had been.
  expect(stdout).not.toContain('with runafter      20 of 30');
  expect(stderr).toContain('The weekly reports with runafter have not finished.');
  expect(stderr).toMatch(
    /^The reports are now: \d+ Pending, \d+ Processing, \d+ Complete, 0 Failed\.$/m,
  );
});

test('--help says what there is, and the exit codes', async () => {
  const { code, stdout } = await demo(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--fail');
  expect(stdout).toContain('exit code is 0');
});

test('an option that does not exist is refused with exit code 2 and without a stack', async () => {
  const { code, stdout, stderr } = await demo(['--fial']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain("Unknown option '--fial'");
  expect(stderr).toContain('npm run demo -- [options]');
  expect(stderr).not.toMatch(/^\s+at /m);
});
