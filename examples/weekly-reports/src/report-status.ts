/**
 * Moving a report to its next status: safe to repeat, and never over somebody else's change.
 *
 * Invariant: every write names the ETag of what was looked at. A first attempt trusts what it was handed;
 * a later one looks again, because the attempt before may have gone through and only its reply been
 * lost, or somebody may have changed the item. So does the first attempt after a restart in effect: if
 * the killed process has written, its ETag is old, and the 412 makes the next attempt look.
 * Read next: weekly-reports.ts.
 * @module
 */
import { isTransient } from '@runafter/clock';
import { httpStatusOf } from '@runafter/errors';
import type { ListClient } from '@runafter/example-office';
import type { Report, ReportItem } from './report.ts';

/** What a change has to know of the attempt that makes it. The context of an action has it all. */
export interface Turn {
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Sent along, so that whoever looks at the writes can tell which belong together. */
  readonly idempotencyKey: string;
}

/** `REPORT_TAKEN`: another run, or a person, has taken the report or closed it. */
class ReportTakenError extends Error {
  override readonly name = 'ReportTakenError';
  readonly code = 'REPORT_TAKEN';

  constructor({ fields: { Title, Status, ProcessingNotes } }: ReportItem) {
    const note = ProcessingNotes ? `, with the note "${ProcessingNotes}"` : '';
    super(`"${Title}" is ${Status} by now${note}. It is left to whoever has changed it.`);
  }
}

/** Worth another attempt: what is likely to pass, and a 412, because the next attempt looks again. */
export function passesOrChanged(error: unknown): boolean {
  return isTransient(error) || httpStatusOf(error) === 412;
}

/**
 * Takes a pending report for this run: Processing.
 *
 * @throws {ReportTakenError} `REPORT_TAKEN`
 */
export function takeReport(
  reports: ListClient<Report>,
  report: ReportItem,
  turn: Turn,
): Promise<ReportItem> {
  return change(reports, report, { Status: 'Processing', ProcessingNotes: markOf(turn) }, turn);
}

/**
 * Closes a report that this run has taken: Complete.
 *
 * @throws {ReportTakenError} `REPORT_TAKEN`
 */
export function completeReport(
  reports: ListClient<Report>,
  taken: ReportItem,
  recordId: string,
  turn: Turn,
): Promise<ReportItem> {
  const fields = { Status: 'Complete', DataverseRecordId: recordId, ProcessingNotes: '' } as const;
  return change(reports, taken, fields, turn);
}

/**
 * Closes a report with what went wrong: Failed. It looks first, for nobody knows how far the run has
 * come with it; a report that is not this run's to close is left as it is.
 */
export async function failReport(
  reports: ListClient<Report>,
  { id }: ReportItem,
  note: string,
  turn: Turn,
): Promise<void> {
  const { signal, idempotencyKey } = turn;
  const current = await reports.get(id, { signal });
  if (!isOurs(current, turn)) return;
  const fields = { Status: 'Failed', ProcessingNotes: note } as const;
  await reports.update(id, current.etag, fields, { signal, idempotencyKey });
}

async function change(
  reports: ListClient<Report>,
  report: ReportItem,
  fields: Partial<Report>,
  turn: Turn,
): Promise<ReportItem> {
  const { attempt, signal, idempotencyKey } = turn;
  const current = attempt === 1 ? report : await reports.get(report.id, { signal });
  const changed = { ...current.fields, ...fields };
  if (isSame(changed, current.fields)) return current;
  if (!isOurs(current, turn)) throw new ReportTakenError(current);
  const etag = await reports.update(current.id, current.etag, fields, { signal, idempotencyKey });
  return { ...current, etag, fields: changed };
}

/** Nobody has taken it yet, or this run has. */
function isOurs({ fields }: ReportItem, turn: Turn): boolean {
  if (fields.Status === 'Pending') return true;
  return fields.Status === 'Processing' && fields.ProcessingNotes === markOf(turn);
}

/** What the notes say while a run works on a report. */
function markOf({ runId }: Turn): string {
  return `Run ${runId}`;
}

function isSame(one: Report, other: Report): boolean {
  return Object.entries(one).every(([column, value]) => other[column as keyof Report] === value);
}
