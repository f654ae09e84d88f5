import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredRun } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { comparisonIn, demo } from './demo.ts';

const timeout = 60_000;

/** The name of a file that is removed after the test. */
async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-kill-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'runs.db');
}

/** The runs in a database. */
async function runsIn(file: string): Promise<StoredRun[]> {
  const store = sqliteRunStore(file, { readOnly: true });
  const runs: StoredRun[] = [];
  for await (const run of store.listRuns()) runs.push(run);
  await store.close();
  return runs;
}

/** Whether the process that held a run last is there. */
function isAlive({ lease }: StoredRun): boolean {
  const pid = Number(/process (\d+)/.exec(lease?.holder ?? '')?.[1]);
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each([
  { args: ['--adaptive'], summary: { Complete: 30, Failed: 0 } },
  { args: ['--fail'], summary: { Complete: 0, Failed: 30 } },
])(
  'killed half-way with $args: every report ends, nothing is done twice, and what was done is not done again',
  {
    timeout,
  },
  async ({ args, summary }) => {
    const ending = await demo(['--kill', '--json', '--speed', '100', ...args]);
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    const comparison = comparisonIn(ending);
    expect(comparison).toMatchObject({ runafter: comparison.expected, summary });
    expect(comparison.kill).toEqual({
      ended: 30,
      stuck: 0,
      duplicateEffects: 0,
      notRunAgain: expect.any(Number),
    });
    // Half of 30 reports were done with, each by three handlers at least.
    expect(comparison.kill?.notRunAgain).toBeGreaterThan(30);
  },
);

test('for people: what the kill leaves, why there is a wait, what came of it, and where it is kept', {
  timeout,
}, async () => {
  const file = await temporaryFile();
  const { code, stdout } = await demo(['--kill', '--speed', '100', '--keep', file]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/SIGKILL: process \d+ is gone/);
  expect(stdout).toMatch(/the list +\d+ Pending, [1-9]\d* Processing, \d+ Complete, 0 Failed/);
  expect(stdout).toMatch(/the store +\d+ outcomes; the run is still held by process \d+/);
  expect(stdout).toContain('lease of the first is over: 2s here');
  expect(stdout).toContain('started again      30 of 30');
  expect(stdout).toMatch(/^reports that ended +30 {3}30 Complete, 0 Failed$/m);
  expect(stdout).toMatch(/^still Pending or Processing +0$/m);
  expect(stdout).toContain(`The runs are kept in ${file}.`);
  expect(await runsIn(file)).toMatchObject([
    { end: { status: 'Succeeded' } },
    { end: { status: 'Succeeded' } },
  ]);
});

test.each([
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGKILL', code: null },
] as const)(
  '$signal for the demo leaves no process of it behind',
  {
    timeout,
  },
  async ({ signal, code }) => {
    const file = await temporaryFile();
    let told = false;
    const ending = await demo(['--kill', '--speed', '20', '--keep', file], (text, kill) => {
      if (told || !text.includes('started again      20 of 30')) return;
      told = true;
      kill(signal);
    });
    expect(ending.code).toBe(code);
    const run = (await runsIn(file)).find(({ end }) => end === undefined);
    expect(run?.lease).toBeDefined();
    // Whoever adopts the process of a killed demo may take a moment to let go of it.
    await expect.poll(() => run && isAlive(run), { timeout: 20_000 }).toBe(false);
    if (signal === 'SIGINT') {
      expect(ending.stderr).toContain(
        'that were killed half-way have not finished. It was stopped',
      );
    }
  },
);
