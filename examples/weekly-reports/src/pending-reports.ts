/**
 * The pending reports, as the items of a loop.
 *
 * A list and no stream, because a list is stored with a durable run, which goes on with the same reports
 * after a restart. Read again by then, it would lack those that had been taken: they are not Pending any more.
 * @module
 */
import { type RetryPolicy, retry, systemClock } from '@runafter/clock';
import type { ReportItem } from './report.ts';
import type { Systems } from './systems.ts';

/**
 * Reads the pending reports, in the order of their ids. A page that cannot be had makes it begin anew.
 *
 * @throws {OfficeError} when a page cannot be had, however often the policy tries.
 */
export function pendingReports(
  { reports, signal }: Systems,
  policy: RetryPolicy,
): Promise<ReportItem[]> {
  const read = async (): Promise<ReportItem[]> => {
    const pending: ReportItem[] = [];
    const items = reports.items({ where: { Status: 'Pending' } });
    for await (const report of items) pending.push(report);
    return pending;
  };
  return retry(read, policy, { clock: systemClock, signal });
}
