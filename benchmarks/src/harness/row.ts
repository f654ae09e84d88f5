/**
 * A row of the report: one work compared with one peer.
 * @module
 */
import { type Comparison, compare, compareWaits, type Samples, type Waits } from './statistics.ts';

/** What `--json` prints for each row. */
export interface RowJson {
  readonly work: string;
  readonly peer: string;
  /** Our cost / theirs: smaller is better. */
  readonly ratio: number;
  /** The most that the ratio may be; null where there is no such promise. */
  readonly target: number | null;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
}

/** What the table shows beside that. */
export interface Row extends RowJson {
  readonly spread: Comparison['spread'];
}

/** What is compared. */
export type Subject = Pick<RowJson, 'work' | 'peer' | 'target' | 'unit'>;

/**
 * Makes a row of samples. Numbers are rounded to four digits first, so that whoever divides the two
 * costs of a row gets the row's ratio.
 *
 * @throws {RangeError} when the samples are no pairs of costs.
 */
export function toRow(subject: Subject, samples: Samples): Row {
  return rowOf(subject, compare(samples));
}

/**
 * A row for each of the quantiles that the waits are known by.
 *
 * @throws {RangeError} as {@link toRow}.
 */
export function toWaitRows(subject: Subject, waits: Waits): Row[] {
  return Object.entries({ p50: 0.5, p99: 0.99 }).map(([quantile, share]) => {
    const work = `${subject.work}, ${quantile}`;
    return rowOf({ ...subject, work }, compareWaits(waits, share));
  });
}

function rowOf({ work, peer, target, unit }: Subject, { ours, theirs, spread }: Comparison): Row {
  const rounded = { ours: round(ours), theirs: round(theirs) };
  return {
    work,
    peer,
    ratio: round(rounded.ours / rounded.theirs),
    target,
    ...rounded,
    unit,
    spread,
  };
}

/** True when the row has a target and does not reach it. */
export function isMissed({ ratio, target }: RowJson): boolean {
  return target !== null && ratio > target;
}

/** The line that `--json` ends with. */
export function toJsonLine(rows: readonly Row[]): string {
  return JSON.stringify({ rows: rows.map(({ spread, ...row }) => row) });
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
