/**
 * The input file: one hire a line.
 *
 * Invariant: what comes out is right in every column, and nobody is in it twice. A file that is not is
 * refused as a whole, with everything that is wrong and on which line.
 * @module
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { departments, type Hire, products } from './hire.ts';

const columns = [
  'EmployeeNumber',
  'FirstName',
  'LastName',
  'Account',
  'Department',
  'Manager',
  'Licence',
] as const;

type Line = Readonly<Record<(typeof columns)[number], string>>;

/** The input file cannot be used; the message says on which lines and why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** How many faults are told; the others are counted. */
const toldFaults = 20;

/**
 * Reads the hires of a CSV file.
 *
 * @throws {InputError} the file cannot be read, is no CSV, lacks a column, or has a line that is wrong.
 */
export function readHires(file: string): Hire[] {
  const name = basename(file);
  const faults: Fault[] = [];
  const numbers = new Map<string, number>();
  const accounts = new Map<string, number>();
  const hires: Hire[] = [];
  for (const { line, record } of parseFile(file, name, faults)) {
    const problems = [
      ...problemsOf(record),
      ...secondOf(record.EmployeeNumber, line, numbers),
      ...secondOf(record.Account.toLowerCase(), line, accounts),
    ];
    faults.push(...problems.map((problem) => ({ line, problem })));
    hires.push(toHire(record));
  }
  if (faults.length > 0) throw new InputError(explain(name, faults));
  if (hires.length === 0) throw new InputError(`${name} has no hires. Add a line below the names.`);
  return hires;
}

interface Fault {
  readonly line: number;
  readonly problem: string;
}

interface Parsed {
  /** Where it stands in the file, from 1; of several lines the last. */
  readonly line: number;
  readonly record: Line;
}

/** Lines that are no CSV become faults, and the others are read nevertheless. */
function parseFile(file: string, name: string, faults: Fault[]): Parsed[] {
  try {
    const parsed = parse(readFileSync(file, 'utf8'), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      columns: (names: string[]) => checkColumns(names, name),
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error) faults.push({ line: Number(error.lines), problem: error.message });
        return undefined;
      },
    }) as unknown as { readonly info: { readonly lines: number }; readonly record: Line }[];
    return parsed.map(({ info, record }) => ({ line: info.lines, record }));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const kind = error instanceof CsvError ? 'is not a well-formed CSV file' : 'cannot be read';
    throw new InputError(`${name} ${kind}: ${(error as Error).message}`, { cause: error });
  }
}

/** Columns that nobody asks for are left out. */
function checkColumns(names: string[], file: string): (string | undefined)[] {
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length === 0) return names.map((name) => columns.find((known) => known === name));
  throw new InputError(
    `${file} has no column ${missing.join(', ')}. Its first line must name ${columns.join(', ')}.`,
  );
}

function problemsOf(record: Line): string[] {
  const problems = columns
    .filter((column) => record[column] === '')
    .map((column) => `${column} is empty. Fill it in.`);
  const expect = (column: keyof Line, isRight: boolean, wanted: string): void => {
    if (record[column] === '' || isRight) return;
    problems.push(`${column} is "${record[column]}". It must be ${wanted}.`);
  };
  const { EmployeeNumber, Account, Department, Licence } = record;
  expect('EmployeeNumber', /^E\d{4}$/.test(EmployeeNumber), 'an E and four digits');
  expect('Account', /^[a-z0-9.-]+@[a-z0-9.-]+$/.test(Account), 'such as ada@example.com');
  expect('Department', isOneOf(departments, Department), `one of ${departments.join(', ')}`);
  expect('Licence', isOneOf(products, Licence), `one of ${products.join(', ')}`);
  return problems;
}

function isOneOf(known: readonly string[], value: string): boolean {
  return known.includes(value);
}

/** A value that only one line may have. */
function secondOf(value: string, line: number, seen: Map<string, number>): string[] {
  const first = seen.get(value);
  if (first === undefined || value === '') {
    seen.set(value, line);
    return [];
  }
  return [`"${value}" is on line ${first} already. Remove one of the two.`];
}

function toHire(record: Line): Hire {
  return {
    number: record.EmployeeNumber,
    firstName: record.FirstName,
    lastName: record.LastName,
    account: record.Account,
    department: record.Department as Hire['department'],
    manager: record.Manager,
    licence: record.Licence as Hire['licence'],
  };
}

function explain(name: string, faults: readonly Fault[]): string {
  const inOrder = faults.toSorted((one, other) => one.line - other.line);
  const lines = inOrder
    .slice(0, toldFaults)
    .map(({ line, problem }) => `${name}, line ${line}: ${problem}`);
  const more = faults.length - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
}
