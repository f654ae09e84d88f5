/** runafter plan, as it is typed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import { start } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { planCommand } from '../../src/plan/plan-command.ts';
import { runProgram } from '../../src/program.ts';
import type { Output, Session } from '../../src/session.ts';
import { updateAll } from './updates.ts';

const updates = `${join(import.meta.dirname, 'updates.ts')}#updates`;
const folder = mkdtempSync(join(tmpdir(), 'runafter-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plainly = (text: string): string => text;
const style = {
  ...{ bold: plainly, dim: plainly, red: plainly, green: plainly },
  ...{ yellow: plainly, cyan: plainly },
};

async function plan(...args: string[]): Promise<{ code: number; text: string; notes: string }> {
  let text = '';
  let notes = '';
  const output = (write: (text: string) => void): Output => ({
    ...{ isTerminal: false, columns: 80, style, write },
  });
  const session: Session = {
    ...{ cwd: folder, env: {}, hasDisplay: false, stdin: (async function* () {})() },
    clock: virtualClock(),
    stdout: output((written) => {
      text += written;
    }),
    stderr: output((written) => {
      notes += written;
    }),
    interrupts: { onInterrupt: () => () => undefined },
  };
  const facts = { commands: [planCommand], version: '0.0.0' };
  return { code: await runProgram(['plan', ...args], facts, session), text, notes };
}

describe('runafter plan', () => {
  it('draws a table of the plan that the file exports', async () => {
    const { code, text } = await plan(updates, '--degrees', '1,2,4', '--samples', '1');
    expect(code).toBe(0);
    expect(text).toBe(
      [
        'Update_All: so many of 8 items of Items at once, 1 run each',
        '',
        'at once  takes                              calls  429s  waiting  gain  what binds',
        '      1    16s    ████████████████████████      8     0      0 %        degree',
        '      2     8s    ████████████                  8     0      0 %  50 %  degree',
        '      4     4s    ██████                        8     0      0 %  50 %  degree',
        '',
        'Recommended: 4 at once, the fastest here.',
        'Critical path: 2s. No degree is faster.',
        'sharePoint takes 600 calls a minute; an iteration makes 1 call, in 2s alone.',
        "By formula: 10 at once leave half of that to others; the field's 300 are iterations a minute, no degree.",
        '',
      ].join('\n'),
    );
  });

  it('takes the plan beside the file where the file exports none, and says so', async () => {
    const hires = join(import.meta.dirname, '../files/plans/hires.ts');
    const { text, notes } = await plan(hires, '--degrees', '2');
    expect(text).toContain('Plan_Hires: so many of 4 items of Hires at once');
    expect(text).toMatch(/^ +2 +4s /m);
    expect(notes).toBe(`The plan is ${hires.replace('.ts', '.plan.json')}.\n`);
    expect((await plan(updates, '--degrees', '1')).notes).toBe('');
  });

  it('gives JSON to programs', async () => {
    const { text } = await plan(updates, '--json', '--degrees', '8', '--seed', 'x');
    expect(JSON.parse(text)).toMatchObject({ seed: 'x', rows: [{ degree: 8 }], samples: 5 });
  });

  it('takes times from a run in a store, and the rest from the plan', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = sqliteRunStore(join(folder, 'runs.db'));
    await start(updateAll(clock), 12, { store, clock, runId: 'monday' }).finished;
    await store.close();
    const given = ['--from', 'monday', '--store', 'runs.db', '--degrees', '1,12', '--json'];
    const { varies, rows } = JSON.parse((await plan(updates, ...given)).text);
    // The plan says 8 items, which counts; that an update takes 2 s is known from both.
    expect(varies.items).toBe(8);
    expect(rows[0].makespan.mean).toBe(16_000);
  });

  it('says what is missing, and what is wrong, by codes', async () => {
    const codeOf = async (...args: string[]): Promise<string> => {
      const error: unknown = await plan(...args).catch((thrown: unknown) => thrown);
      return (error as { code: string }).code;
    };
    expect(await codeOf(updates, '--loop', 'Itmes')).toBe('PLAN_INVALID');
    expect(await codeOf(updates, '--plan', 'nowhere.json')).toBe('PLAN_INVALID');
    expect(await codeOf(updates, '--degrees', '1,two')).toBe('CLI_USAGE');
    expect(await codeOf(updates, '--from', 'monday')).toBe('CLI_STORE_REQUIRED');
    expect(await codeOf(updates.replace('#updates', '#unplanned'))).toBe('PLAN_INVALID');
  });
});
