/**
 * The input file: one report a row, with the columns of the SharePoint list.
 * @module
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import type { Report } from './report.ts';

/** The columns of the file and of the list, in their order. */
export const reportColumns = [
  'Title',
  'AssignedTo',
  'Status',
  'DataverseRecordId',
  'ProcessingNotes',
  'Customer',
] as const satisfies readonly (keyof Report)[];

/** The columns that no report can do without. */
const required = ['Title', 'AssignedTo', 'Customer'] as const;

/** The input file cannot be used; the message says where and why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * Reads the reports of a CSV file.
 *
 * @throws {InputError} the file cannot be read, is no CSV, lacks a column or a value, or has a report
 *   that is not Pending.
 */
export function readReports(file: string): Report[] {
  const name = basename(file);
  const reports = parseFile(file, name);
  for (const [position, report] of reports.entries()) {
    const row = `${name}, row ${position + 1}`;
    const empty = required.find((column) => !report[column]);
    if (empty !== undefined) throw new InputError(`${row}: ${empty} is empty. Fill it in.`);
    if (report.Status !== 'Pending') {
      throw new InputError(`${row}: Status is "${report.Status}". A report begins as Pending.`);
    }
  }
  if (reports.length === 0)
    throw new InputError(`${name} has no reports. Add a row below the names.`);
  return reports;
}

function parseFile(file: string, name: string): Report[] {
  try {
    return parse(readFileSync(file, 'utf8'), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      columns: (names: string[]) => checkColumns(names, name),
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const kind = error instanceof CsvError ? 'is not a well-formed CSV file' : 'cannot be read';
    throw new InputError(`${name} ${kind}: ${(error as Error).message}`, { cause: error });
  }
}

/** Columns that the list does not have are left out. */
function checkColumns(names: string[], file: string): (string | undefined)[] {
  const missing = reportColumns.filter((column) => !names.includes(column));
  if (missing.length === 0)
    return names.map((name) => reportColumns.find((known) => known === name));
  throw new InputError(
    `${file} has no column ${missing.join(', ')}. Its first line must name ${reportColumns.join(', ')}.`,
  );
}
