/** No pair of suite and driver is green by accident. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compareWithTable,
  isConformant,
  type PairOutcome,
  reportAsJson,
  reportAsText,
} from '../../scripts/conformance/conformance-report.ts';
import type { Outcomes } from '../../scripts/conformance/conformance-reporter.ts';
import { captureProgram } from '../../scripts/run-program.mjs';
import { root } from '../../scripts/workspace.ts';
import { temporaryFolder } from './temporary-folder.ts';

const lock = { suite: 'Lock', driver: 'memoryLock' };
const green: PairOutcome = { ...lock, passed: 3, failed: 0, skipped: 0, notClaimed: ['fairness'] };
const compare = (outcomes: readonly PairOutcome[], skippedFails = true) =>
  compareWithTable(outcomes, [lock], { skippedFails });

describe('a report', () => {
  it('is well when every pair of the table ran and passed', () => {
    const report = compare([green]);
    expect(isConformant(report)).toBe(true);
    expect(JSON.parse(reportAsJson(report))).toEqual({
      pairs: [{ ...lock, passed: 3, failed: 0, notClaimed: ['fairness'] }],
      missing: [],
    });
    expect(reportAsText(report).split('\n').at(-1)).toMatch(/^Lock +memoryLock +3 +0 +fairness$/);
  });

  it('adds up the parts of a pair', () => {
    const report = compare([green, { ...green, failed: 1, notClaimed: ['break'] }]);
    expect(report.pairs).toEqual([
      { ...green, passed: 6, failed: 1, notClaimed: ['break', 'fairness'] },
    ]);
    expect(isConformant(report)).toBe(false);
  });

  it.each([
    { what: 'did not run', outcomes: [] },
    { what: 'has no test', outcomes: [{ ...green, passed: 0 }] },
    { what: 'was skipped', outcomes: [{ ...green, passed: 0, skipped: 3 }] },
  ])('is not well when a pair $what', ({ outcomes }) => {
    const report = compare(outcomes, false);
    expect(report.missing).toEqual([lock]);
    expect(isConformant(report)).toBe(false);
    expect(reportAsText(report)).toMatch(/Lock +memoryLock +did not run/);
  });

  it('is not well when a pair ran that is not in the table', () => {
    const report = compare([green, { ...green, driver: 'redisLock' }]);
    expect(report.faults).toEqual([expect.stringContaining('Lock: redisLock ran, but is not in')]);
    expect(isConformant(report)).toBe(false);
  });

  it('takes a test that was skipped for another reason for a failure under CI', () => {
    const outcomes = [{ ...green, skipped: 2 }];
    expect(compare(outcomes, true).pairs).toMatchObject([{ failed: 2, skipped: 0 }]);
    expect(reportAsText(compare(outcomes, false))).toContain('2 skipped for another reason');
  });
});

describe('vitest is asked', () => {
  it('what became of each test of a pair', async () => {
    const outcomes = await outcomesOf(`
      describe('Lock: memoryLock', () => {
        it('passes', () => {});
        it('fails', () => { throw new Error('on purpose'); });
        it('needs more', ({ skip }) => skip('capability not claimed: fairness'));
        describe('a group', () => {
          beforeEach(({ skip }) => skip(true, 'capability not claimed: break'));
          it('needs more', () => {});
        });
        it.skip('is skipped', () => {});
        it('says something else', ({ skip }) => skip('not today'));
        it.todo('is to do');
      });
      describe('a lock', () => { it('is no pair', () => {}); });
    `);
    expect(outcomes.pairs).toEqual([
      { ...lock, passed: 1, failed: 1, skipped: 3, notClaimed: ['break', 'fairness'] },
    ]);
  });

  it('for a hook that throws after the tests of a pair', async () => {
    const { pairs } = await outcomesOf(`
      describe('Lock: memoryLock', () => {
        afterAll(() => { throw new Error('on purpose'); });
        it('passes', () => {});
      });
    `);
    expect(pairs).toMatchObject([{ passed: 1, failed: 1 }]);
  });

  it('for what goes wrong outside of the pairs', async () => {
    const { faults } = await outcomesOf("throw new Error('cannot be loaded');");
    expect(faults).toEqual([expect.stringContaining('cannot be loaded')]);
  });

  it('why there is no pair', async () => {
    const { pairs, reasons } = await outcomesOf("it('on Redis', ({ skip }) => skip('no Redis'));");
    expect({ pairs, reasons }).toEqual({ pairs: [], reasons: ['no Redis'] });
  });
});

/** Runs vitest on a file of this text and hands back what the reporter wrote. */
async function outcomesOf(text: string): Promise<Outcomes> {
  const config = 'export default { test: { globals: true } };';
  const files = { 'x.test.ts': text, 'vitest.config.mjs': config };
  const folder = temporaryFolder(files, join(root, '.tmp'));
  const reporter = join(root, 'scripts/conformance/conformance-reporter.ts');
  const file = join(folder, 'outcomes.json');
  await captureProgram(
    join(root, 'node_modules/.bin/vitest'),
    ['run', `--reporter=${reporter}`, '--root', folder],
    { cwd: folder, env: { ...process.env, RUNAFTER_CONFORMANCE: file } },
  );
  return JSON.parse(readFileSync(file, 'utf8'));
}
