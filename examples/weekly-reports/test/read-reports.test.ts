import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { InputError, readReports } from '../src/read-reports.ts';
import { reports } from './week.ts';

const header = 'Title,AssignedTo,Status,DataverseRecordId,ProcessingNotes,Customer';

/** A file of that text, gone after the test. */
function csvFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'weekly-reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'reports.csv');
  writeFileSync(file, text);
  return file;
}

test('the input file has 30 pending reports of 10 customers', () => {
  expect(reports).toHaveLength(30);
  expect(new Set(reports.map(({ Status }) => Status))).toEqual(new Set(['Pending']));
  expect(new Set(reports.map(({ Customer }) => Customer)).size).toBe(10);
});

test('columns may come in any order, and those that the list does not have are left out', () => {
  const text = `\uFEFFCustomer,Region,Status,AssignedTo,Title,DataverseRecordId,ProcessingNotes
"Fourth Coffee, Inc.",West,Pending,ada@example.com,Sales,,
`;
  expect(readReports(csvFile(text))).toEqual([
    {
      Customer: 'Fourth Coffee, Inc.',
      Status: 'Pending',
      AssignedTo: 'ada@example.com',
      Title: 'Sales',
      DataverseRecordId: '',
      ProcessingNotes: '',
    },
  ]);
});

test.each([
  ['no rows', `${header}\n`, 'reports.csv has no reports'],
  ['a missing column', 'Title,Status\nSales,Pending\n', 'has no column AssignedTo'],
  ['an empty value', `${header}\nSales,,Pending,,,Contoso\n`, 'row 1: AssignedTo is empty'],
  [
    'a report that is not pending',
    `${header}\nSales,ada@example.com,Done,,,Contoso\n`,
    'row 1: Status is "Done"',
  ],
  ['a row that is too short', `${header}\nSales,ada@example.com\n`, 'not a well-formed CSV file'],
])('a file with %s is refused', (_, text, message) => {
  expect(() => readReports(csvFile(text))).toThrow(InputError);
  expect(() => readReports(csvFile(text))).toThrow(message);
});

test('a file that is not there is refused by its name', () => {
  expect(() => readReports('nowhere/week-48.csv')).toThrow('week-48.csv cannot be read');
});
