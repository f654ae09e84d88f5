/**
 * The comparison as a table for people.
 * @module
 */
import type { Comparison, TimedScore } from './comparison.ts';

/**
 * Lays a comparison out in lines of text.
 *
 * @param speed - how many times as fast as the real services the office ran; times are scaled by it.
 */
export function comparisonTable(comparison: Comparison, speed: number): string {
  const { expected, naive, runafter, summary } = comparison;
  const scaled = ({ seconds }: TimedScore) => `${(seconds * speed).toFixed(1)} s`;
  const rows = [
    ['', 'expected', 'as people write it', 'with runafter'],
    ['rows in the result', ...row(expected.items, naive.items, runafter.items)],
    ['value of the counter', ...row(expected.increments, naive.increments, runafter.increments)],
    ['customers created', ...row(expected.customers, naive.customers, runafter.customers)],
    ['time of the services', '', scaled(naive), scaled(runafter)],
  ];
  const here = [naive, runafter].map(({ seconds }) => `${seconds.toFixed(1)} s`).join(' and ');
  return [
    ...align(rows),
    '',
    `Summary, from result(): ${summary.Complete} Complete, ${summary.Failed} Failed.`,
    speed === 1
      ? 'The stand-ins ran at the speed of the real services.'
      : `The stand-ins ran ${speed} times as fast as the real services: here it took ${here}.`,
  ].join('\n');
}

function row(expected: number, ...found: readonly number[]): string[] {
  return [String(expected), ...found.map((value) => withLoss(value, expected))];
}

function withLoss(value: number, expected: number): string {
  if (value === expected) return String(value);
  const difference = value - expected;
  return difference < 0 ? `${value} (${-difference} lost)` : `${value} (${difference} too many)`;
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('   ')
      .trimEnd(),
  );
}
