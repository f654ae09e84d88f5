/**
 * What people are told when a program was stopped, or could not finish.
 * @module
 */
import { toFault } from '@runafter/errors';
import type { Office } from '@runafter/example-office';
import { describeStatuses, statusesIn } from './weekly-office.ts';

/** A program did not come to its end; the message says in which state it left the reports. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError';

  constructor(program: string, office: Office, cause: unknown) {
    const statuses = statusesIn(office);
    const lines = [
      `The weekly reports ${program} have not finished. ${toFault(cause).message}`,
      `The reports are now: ${describeStatuses(statuses)}.`,
    ];
    if (statuses.Processing > 0) {
      lines.push('Set those in Processing back to Pending, and they are done with the others.');
    }
    super(lines.join('\n'), { cause });
  }
}
