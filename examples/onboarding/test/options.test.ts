import { expect, test } from 'vitest';
import { DatabasePlaceError, databasePlace } from '../src/database/open-hr-database.ts';
import { OptionError, readOptions } from '../src/options.ts';

test('without options it is 30 hires at once, 300 times as fast, and nobody is killed', () => {
  expect(readOptions([])).toEqual({
    ...{ kill: false, json: false, help: false, input: undefined, speed: 300, concurrency: 30 },
    workers: undefined,
  });
});

test('distributed, it is over four processes, or over as many as are asked for', () => {
  expect(readOptions(['--distributed']).workers).toBe(4);
  expect(readOptions(['--distributed', '--workers', '2', '--kill']).workers).toBe(2);
});

test.each([
  [['--speed', '0'], '--speed is "0". Give it a number from 1 to 5000.'],
  [['--speed', 'fast'], '--speed is "fast"'],
  [['--concurrency', '1.5'], '--concurrency is "1.5". Give it a whole number from 1.'],
  [['--input', ''], '--input is "". Give it the name of a file.'],
  [['--workers', '2'], '--workers is of a batch that is distributed. Add --distributed.'],
  [['--distributed', '--workers', '0'], '--workers is "0". Give it a whole number from 1 to 100.'],
  [['--distributed', '--workers', '1', '--kill'], '--kill would leave nobody'],
  [['monday'], "Unexpected argument 'monday'"],
])('what makes no sense is refused: %j', (args, message) => {
  expect(() => readOptions(args)).toThrow(OptionError);
  expect(() => readOptions(args)).toThrow(message);
});

test.each([
  [undefined, 'sqlite', '/tmp/people'],
  ['', 'sqlite', '/tmp/people'],
  ['postgres://people@localhost/hr', 'postgres', 'postgres://people@localhost/hr'],
  ['postgresql://people@localhost/hr', 'postgres', 'postgresql://people@localhost/hr'],
  ['Server=localhost,1433;Database=hr', 'mssql', 'Server=localhost,1433;Database=hr'],
])('the environment chooses the database: %s is %s', (named, kind, at) => {
  expect(databasePlace(named, '/tmp/people', 'batch')).toEqual({ kind, at, batch: 'batch' });
});

test('a database that nobody knows how to reach is refused, and its password is not repeated', () => {
  const open = () => databasePlace('mysql://root:secret@localhost', '/tmp', 'batch');
  expect(open).toThrow(DatabasePlaceError);
  expect(open).toThrow('ONBOARDING_DATABASE_URL is neither a URL of PostgreSQL');
  expect(open).not.toThrow('secret');
});
