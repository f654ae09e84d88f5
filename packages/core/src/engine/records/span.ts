/**
 * The time from the first start to the last end of some records.
 * @module
 */

import type { BodyOwner } from '../body-owner.ts';
import type { ActionRecord } from './action-record.ts';

export interface Span {
  readonly startTime: Date;
  readonly endTime: Date;
}

/** The span of the records; the owner's own start where nothing ran. */
export function spanOf(owner: BodyOwner, records: readonly ActionRecord[]): Span {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { startTime, endTime } of records) {
    first = Math.min(first, startTime.getTime());
    last = Math.max(last, endTime.getTime());
  }
  if (records.length > 0) return { startTime: new Date(first), endTime: new Date(last) };
  const own = owner.state?.startTime ?? new Date(owner.run.epoch);
  return { startTime: own, endTime: own };
}
