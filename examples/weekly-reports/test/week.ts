import { join } from 'node:path';
import { exponential } from '@runafter/clock';
import { type Run, type RunResult, type StartOptions, start } from '@runafter/core';
import type { Office } from '@runafter/example-office';
import { onTestFinished } from 'vitest';
import { readReports } from '../src/read-reports.ts';
import type { Customer, Report, ReportItem } from '../src/report.ts';
import type { Summary } from '../src/summary.ts';
import { connect, names, type Systems } from '../src/systems.ts';
import { openWeeklyOffice } from '../src/weekly-office.ts';
import { type WeeklyReportsOptions, weeklyReports } from '../src/weekly-reports.ts';

/** The input file of the demo. */
export const reports = readReports(join(import.meta.dirname, '..', 'reports.csv'));

/** Far faster than the real services; latencies and limits keep their proportions. */
const speed = 500;

/** A week's reports in an office of their own, which is closed after the test. */
export interface Week {
  readonly office: Office;
  readonly systems: Systems;
  /** The items of the list as they are now. */
  items(): ReportItem[];
  /** How many records each customer has. */
  records(): Record<string, number>;
}

export async function aWeek(of: readonly Report[] = reports): Promise<Week> {
  const office = await openWeeklyOffice(of, speed);
  onTestFinished(() => office.close());
  return {
    office,
    systems: connect(office.url),
    items: () => office.inspect.items<Report>(names.list),
    records() {
      const records: Record<string, number> = {};
      for (const { fields } of office.inspect.rows<Customer>(names.customers)) {
        records[fields.crm_name] = (records[fields.crm_name] ?? 0) + 1;
      }
      return records;
    },
  };
}

/** Starts the workflow with waits that fit the office's speed, and patience for many faults. */
export function startWeek(
  systems: Systems,
  options: StartOptions = {},
  how: WeeklyReportsOptions = {},
): Run<Summary> {
  const backoff = exponential({ count: 10, interval: '5ms', maximum: '50ms' });
  return start(weeklyReports(systems, { backoff, ...how }), undefined, options);
}

/** The outputs of a run that must have Succeeded. */
export async function summaryOf(run: Run<Summary>): Promise<Summary> {
  const result: RunResult<Summary> = await run.finished;
  if (result.status === 'Succeeded') return result.outputs;
  throw new Error(run.why().text);
}

/** How many reports have which status. */
export function countStatuses(items: readonly ReportItem[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fields } of items) counts[fields.Status] = (counts[fields.Status] ?? 0) + 1;
  return counts;
}

/** Each customer of some reports, once. */
export function onceEach(of: readonly Report[] = reports): Record<string, number> {
  return Object.fromEntries(of.map(({ Customer }) => [Customer, 1]));
}
