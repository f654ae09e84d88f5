/** The last line of `npm test` is never green by accident. */
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { addTallies, type Ending, judge, tallyLine } from '../../scripts/tally.ts';
import { conclude } from '../../scripts/test-run.ts';
import { root } from '../../scripts/workspace.ts';
import { temporaryFolder } from './temporary-folder.ts';

const green = { passed: 3, failed: 0, skipped: 1 };

describe('a tally', () => {
  it('is summed up over all runners', () => {
    const total = addTallies([green, { passed: 2, failed: 1, skipped: 0 }]);
    expect(tallyLine(total)).toBe('5 passed, 1 failed, 1 skipped');
  });

  it('is believed when it agrees with the exit code', () => {
    expect(judge({ runner: 'x', exitCode: 0, tally: green })).toEqual({ tally: green });
    const red = { ...green, failed: 2 };
    expect(judge({ runner: 'x', exitCode: 1, tally: red })).toEqual({ tally: red });
  });

  it.each([
    { what: 'none, after a crash', exitCode: 134, tally: undefined, passed: 0, says: 'no result' },
    {
      what: 'none, though all is said to be well',
      exitCode: 0,
      tally: undefined,
      passed: 0,
      says: 'no result',
    },
    {
      what: 'green, with a red exit code',
      exitCode: 1,
      tally: green,
      passed: 3,
      says: 'though no test failed',
    },
    {
      what: 'empty',
      exitCode: 0,
      tally: { passed: 0, failed: 0, skipped: 4 },
      passed: 0,
      says: 'ran no test',
    },
  ])('that is $what counts as a failed test', ({ exitCode, tally, passed, says }) => {
    const verdict = judge({ runner: 'x', exitCode, tally });
    expect(verdict.tally).toMatchObject({ passed, failed: 1 });
    expect(verdict.complaint).toContain(says);
  });

  it('ends the output, and decides the exit code', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(conclude([{ runner: 'x', exitCode: 0, tally: green }])).toBe(0);
    expect(log.mock.lastCall).toEqual(['3 passed, 0 failed, 1 skipped']);
    expect(conclude([{ runner: 'x', exitCode: 139, tally: undefined }])).toBe(1);
    expect(log.mock.lastCall).toEqual(['0 passed, 1 failed, 0 skipped']);
    log.mockRestore();
  });
});

describe('vitest is counted', () => {
  it.each([
    {
      what: 'test by test',
      test: `
        it('passes', () => {}); it('passes too', () => {});
        it('fails', () => { throw new Error('on purpose'); });
        it.skip('is skipped', () => {}); it.todo('is to do');
      `,
      tally: { passed: 2, failed: 1, skipped: 2 },
    },
    {
      what: 'when a file cannot be loaded',
      test: "it('passes', () => {}); throw new Error('on purpose');",
      tally: { passed: 0, failed: 1, skipped: 0 },
    },
    {
      what: 'when a hook throws',
      test: `
        afterAll(() => { throw new Error('on purpose'); });
        it('passes', () => {});
      `,
      tally: { passed: 1, failed: 1, skipped: 0 },
    },
    {
      what: 'when nothing awaits a promise that is rejected',
      test: "it('passes', () => { void Promise.reject(new Error('on purpose')); });",
      tally: { passed: 1, failed: 1, skipped: 0 },
    },
  ])('$what', async ({ test, tally }) => {
    const ending = await runQuietly({ 'x.test.ts': test });
    expect(ending).toMatchObject({ exitCode: 1, tally });
  });

  it('when its process ends in the middle', async () => {
    const config = 'process.kill(process.pid, "SIGKILL"); export default {};';
    const ending = await runQuietly({ 'x.test.ts': "it('passes', () => {});" }, config);
    expect(ending).toEqual({ runner: 'vitest', exitCode: 137, tally: undefined });
  });

  it('when there is no test', async () => {
    const { exitCode, tally } = await runQuietly({});
    expect(judge({ runner: 'vitest', exitCode, tally }).tally.failed).toBe(1);
  });
});

/** Runs vitest on these files, in a folder from which it is found, and keeps its output out of ours. */
async function runQuietly(
  files: Readonly<Record<string, string>>,
  config = 'export default { test: { globals: true } };',
): Promise<Ending> {
  const folder = temporaryFolder({ ...files, 'vitest.config.mjs': config }, join(root, '.tmp'));
  const program = `
    import { runVitest } from ${JSON.stringify(join(root, 'scripts/vitest-runner.ts'))};
    console.log(JSON.stringify(await runVitest([], ${JSON.stringify(folder)})));
  `;
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = await captureProgram(process.execPath, args);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}
