import { expect, test } from 'vitest';
import { OptionError, readOptions } from '../src/options.ts';

test('without options the demo is for people, five times as fast as the real services', () => {
  expect(readOptions([])).toEqual({ fail: false, json: false, help: false, speed: 5 });
});

test('options are read in any order', () => {
  expect(readOptions(['--speed=20', '--json', '--fail'])).toMatchObject({
    fail: true,
    json: true,
    speed: 20,
  });
});

test.each([
  [['--fial'], "Unknown option '--fial'"],
  [['reports.csv'], "Unexpected argument 'reports.csv'"],
  [['--json=yes'], "Option '--json' does not take an argument"],
  [['--speed', 'fast'], '--speed is "fast". Give it a number above 0'],
  [['--speed=0'], '--speed is "0"'],
  [['--speed='], '--speed is ""'],
])('%j is refused with what to change', (args, message) => {
  expect(() => readOptions(args)).toThrow(OptionError);
  expect(() => readOptions(args)).toThrow(message);
});
