/**
 * The pending reports, page by page, as the items of a loop.
 *
 * Invariant: every report comes once, in the order of its id. A page that could not be had is asked
 * for again from the start of the list; what has come before is passed over.
 * @module
 */
import { type RetryPolicy, retry, systemClock } from '@runafter/clock';
import type { ReportItem } from './report.ts';
import type { Systems } from './systems.ts';

/**
 * Reads the pending reports. The next page is asked for only when the loop has room for it.
 *
 * @throws {OfficeError} when a page cannot be had, however often the policy tries.
 */
export async function* pendingReports(
  { reports, signal }: Systems,
  policy: RetryPolicy,
): AsyncGenerator<ReportItem> {
  const open = () => reports.items({ where: { Status: 'Pending' } })[Symbol.asyncIterator]();
  let items = open();
  let last = 0;

  const next = async (): Promise<IteratorResult<ReportItem>> => {
    try {
      return await items.next();
    } catch (error) {
      items = open();
      throw error;
    }
  };

  for (;;) {
    const { done, value } = await retry(next, policy, { clock: systemClock, signal });
    if (done) return;
    if (value.id <= last) continue;
    last = value.id;
    yield value;
  }
}
