import { expect, test } from 'vitest';
import { OptionError, readOptions } from '../src/options.ts';

test('without options the demo is for people, five times as fast as the real services', () => {
  const flags = { fail: false, kill: false, adaptive: false, json: false, help: false };
  expect(readOptions([])).toEqual({ ...flags, keep: undefined, speed: 5 });
});

test('options are read in any order', () => {
  const args = ['--speed=20', '--json', '--keep', 'runs.db', '--fail', '--kill', '--adaptive'];
  expect(readOptions(args)).toMatchObject({
    ...{ fail: true, kill: true, adaptive: true, json: true },
    keep: 'runs.db',
    speed: 20,
  });
});

test.each([
  [['--fial'], "Unknown option '--fial'"],
  [['reports.csv'], "Unexpected argument 'reports.csv'"],
  [['--json=yes'], "Option '--json' does not take an argument"],
  [['--keep='], '--keep is "". Give it the name of a file.'],
  [['--speed', 'fast'], '--speed is "fast". Give it a number above 0'],
  [['--speed=0'], '--speed is "0"'],
  [['--speed='], '--speed is ""'],
])('%j is refused with what to change', (args, message) => {
  expect(() => readOptions(args)).toThrow(OptionError);
  expect(() => readOptions(args)).toThrow(message);
});
