/**
 * An office with the week's reports in it, and the truth about them afterwards.
 * @module
 */
import { type Office, startOffice } from '@runafter/example-office';
import { reportColumns } from './read-reports.ts';
import type { Counter, Report } from './report.ts';
import { names } from './systems.ts';

/**
 * Starts an office whose list holds the reports, with no customers yet and a counter at 0.
 *
 * @param speed - how many times as fast as the real services it runs.
 */
export async function openWeeklyOffice(reports: readonly Report[], speed: number): Promise<Office> {
  const office = await startOffice({ speed });
  const items = reports.map((report) => ({ ...report }));
  office.createList(names.list, reportColumns, items);
  office.createTable(names.customers, ['crm_name']);
  const counter: Counter = { crm_name: names.counter, crm_value: 0 };
  office.createTable(names.counters, ['crm_name', 'crm_value', 'crm_lastaddition'], {
    keys: ['crm_name'],
    rows: [{ ...counter }],
  });
  return office;
}

/** The final value of the counter. */
export function countedIn(office: Office): number {
  return office.inspect.rows<Counter>(names.counters)[0]?.fields.crm_value ?? 0;
}

/** How many records of customers there are. */
export function customersIn(office: Office): number {
  return office.inspect.rows(names.customers).length;
}

/** How many reports have which status. */
export type Statuses = Readonly<Record<Report['Status'], number>>;

/** How many reports have which status now. */
export function statusesIn(office: Office): Statuses {
  const counts = { Pending: 0, Processing: 0, Complete: 0, Failed: 0 };
  for (const { fields } of office.inspect.items<Report>(names.list)) counts[fields.Status]++;
  return counts;
}

/** Such as `5 Pending, 10 Processing, 15 Complete, 0 Failed`. */
export function describeStatuses(statuses: Statuses): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
}
