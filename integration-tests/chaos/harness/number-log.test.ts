/** What a process has noted survives it, and half a note is none. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureProgram } from '../../../scripts/run-program.mjs';
import { sourceCondition } from '../../../scripts/workspace.ts';
import { temporaryFolder } from '../../workspace/temporary-folder.ts';
import { countLogged, NumberLog, readLogged } from './number-log.ts';

const newLog = () => join(temporaryFolder({}), 'log');

it('a log that nobody has written is empty', () => {
  const file = newLog();
  expect(countLogged(file)).toBe(0);
  expect(readLogged(file)).toEqual([]);
});

it('what a process noted is there after SIGKILL, and its successor goes on behind it', async () => {
  const file = newLog();
  const program = `
    const { NumberLog } = await import(${JSON.stringify(new URL('./number-log.ts', import.meta.url))});
    const log = new NumberLog(${JSON.stringify(file)});
    for (const number of [0, 42, 9_999_999]) log.note(number);
    process.kill(process.pid, 'SIGKILL');
  `;
  const { code } = await captureProgram(process.execPath, [
    ...[`--conditions=${sourceCondition}`, '--input-type=module', '--eval', program],
  ]);
  expect(code).toBe(137);
  {
    using log = new NumberLog(file);
    log.note(7);
  }
  expect(countLogged(file)).toBe(4);
  expect(readLogged(file)).toEqual([0, 42, 9_999_999, 7]);
});

it('a note that was cut short does not count, and what follows is read as it is', () => {
  const file = newLog();
  {
    using log = new NumberLog(file);
    log.note(1);
  }
  appendFileSync(file, '    4');
  expect(countLogged(file)).toBe(1);
  expect(readLogged(file)).toEqual([1]);
  {
    using log = new NumberLog(file);
    log.note(5);
  }
  expect(readLogged(file)).toEqual([1, 5]);
});
