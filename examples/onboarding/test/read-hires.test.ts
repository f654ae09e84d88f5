import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { InputError, readHires } from '../src/read-hires.ts';

const header = 'EmployeeNumber,FirstName,LastName,Account,Department,Manager,Licence';
const ada = 'E1001,Ada,Lovelace,ada@example.com,Sales,Grace Hopper,E3';

/** A file of these lines, gone after the test. */
function csvFile(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'onboarding-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hires.csv');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

test('the example has 200 hires with different numbers and accounts, who want more than there is', () => {
  const hires = readHires(join(import.meta.dirname, '..', 'hires.csv'));
  expect(hires).toHaveLength(200);
  expect(new Set(hires.map(({ number }) => number)).size).toBe(200);
  expect(new Set(hires.map(({ account }) => account)).size).toBe(200);
  const wanting = (product: string) => hires.filter(({ licence }) => licence === product).length;
  expect([wanting('E3'), wanting('E5')]).toEqual([160, 40]);
  expect(hires.map(({ manager }) => manager)).toContain('Dimitra Vlahos, LL.M.');
});

test('columns may come in any order, and those that nobody asks for are left out', () => {
  const file = csvFile(
    '\uFEFFLicence,Desk,Account,Manager,Department,LastName,FirstName,EmployeeNumber',
    'E5,12,"ada@example.com","Hopper, Grace",Sales,"O\'Neill ""Ada""",Zoë,E1001',
  );
  expect(readHires(file)).toEqual([
    {
      number: 'E1001',
      firstName: 'Zoë',
      lastName: 'O\'Neill "Ada"',
      account: 'ada@example.com',
      department: 'Sales',
      manager: 'Hopper, Grace',
      licence: 'E5',
    },
  ]);
});

test.each([
  ['no column', ['EmployeeNumber,FirstName', 'E1001,Ada'], 'has no column LastName, Account'],
  ['no lines', [header], 'hires.csv has no hires'],
  ['an empty value', [header, ada.replace('Ada', '')], 'line 2: FirstName is empty. Fill it in.'],
  ['a wrong number', [header, ada.replace('E1001', '17')], 'line 2: EmployeeNumber is "17"'],
  ['a wrong account', [header, ada.replace('@', ' at ')], 'It must be such as ada@example.com'],
  ['an unknown department', [header, ada.replace('Sales', 'Salse')], 'Department is "Salse"'],
  ['an unknown licence', [header, ada.replace('E3', 'E4')], 'It must be one of E3, E5'],
  ['a line that is too short', [header, ada, 'E1002,Grace'], 'line 3: Invalid Record Length'],
  [
    'a number that comes twice',
    [header, ada, ada.replace('ada@', 'grace@')],
    'line 3: "E1001" is on line 2 already',
  ],
  [
    'an account that comes twice',
    [header, ada, ada.replace('E1001', 'E1002')],
    'line 3: "ada@example.com" is on line 2 already',
  ],
])('a file with %s is refused', (_, lines, message) => {
  const file = csvFile(...lines);
  expect(() => readHires(file)).toThrow(InputError);
  expect(() => readHires(file)).toThrow(message);
});

test('everything that is wrong is told at once, by line; of many faults the first twenty', () => {
  const several = csvFile(header, 'E1001,,Lovelace,nowhere,Sales,Grace Hopper,E3', ada, 'x');
  expect(() => readHires(several)).toThrow(
    /^hires.csv, line 2: FirstName is empty.*\n.*line 2: Account is "nowhere".*\n.*line 3: "E1001" is on line 2.*\n.*line 4: Invalid/,
  );
  const many = csvFile(header, ...Array.from({ length: 30 }, (_, index) => `${index}`));
  expect(() => readHires(many)).toThrow('… and 10 more.');
});

test('a file that is not there is refused by its name', () => {
  expect(() => readHires('nowhere/monday.csv')).toThrow('monday.csv cannot be read');
});
