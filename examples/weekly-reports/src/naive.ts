/**
 * The weekly reports as they are often written: a loop, several at a time, and variables to share.
 *
 * Every line of it looks right, and one report at a time it is right. At several at a time it loses rows,
 * counts and customers, and reports success. Read next: weekly-reports.ts, where nothing is shared.
 * @module
 */
import { reportsAtOnce } from './at-once.ts';
import type { ReportItem, ResultRow } from './report.ts';
import { names, type Systems } from './systems.ts';

export interface NaiveOptions {
  /** How many reports are worked on at once. Default: as many as the other program. */
  readonly concurrency?: number;
  /** Called after each report. */
  readonly onProcessed?: () => void;
}

/** Works on all pending reports, and returns the rows that it believes to have collected. */
export async function naive(
  { reports, customers, counters, mail }: Systems,
  { concurrency = reportsAtOnce, onProcessed }: NaiveOptions = {},
): Promise<ResultRow[]> {
  let rows: ResultRow[] = [];

  async function processReport({ id, fields }: ReportItem): Promise<ResultRow> {
    const { Title, Customer, AssignedTo } = fields;
    try {
      await reports.update(id, '*', { Status: 'Processing' });

      // Whoever looks before the other one has created finds nothing, and creates another.
      let record = await customers.find({ crm_name: Customer });
      if (!record) record = await customers.create({ crm_name: Customer });

      const body = `The weekly report for ${Customer} is ready for you.`;
      await mail.send({ to: [AssignedTo], subject: Title, body });

      await reports.update(id, '*', { Status: 'Complete', DataverseRecordId: record.id });
      return { Title, Status: 'Complete', Note: record.id };
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      await reports.update(id, '*', { Status: 'Failed', ProcessingNotes: note });
      return { Title, Status: 'Failed', Note: note };
    }
  }

  async function incrementCounter(): Promise<void> {
    const counter = await counters.find({ crm_name: names.counter });
    if (!counter) throw new Error(`There is no counter "${names.counter}".`);
    // Two that read 5 both write 6.
    await counters.update(counter.id, '*', { crm_value: counter.fields.crm_value + 1 });
  }

  const pending: ReportItem[] = [];
  for await (const report of reports.items({ where: { Status: 'Pending' } })) pending.push(report);

  async function worker(): Promise<void> {
    for (let report = pending.shift(); report; report = pending.shift()) {
      // The array is read before the wait and written after it: rows from meanwhile are gone.
      rows = rows.concat(await processReport(report));
      await incrementCounter();
      onProcessed?.();
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return rows;
}
