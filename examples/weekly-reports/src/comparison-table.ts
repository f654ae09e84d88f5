/**
 * The comparison as a table for people.
 * @module
 */
import type { Comparison, TimedScore } from './comparison.ts';

/** Makes a number stand out that is what it should be, or is not. */
export type Paint = (text: string, verdict: Verdict) => string;

type Verdict = 'right' | 'wrong';

type Cell = string | { readonly text: string; readonly verdict: Verdict };

/**
 * Lays a comparison out in lines of text.
 *
 * @param speed - how many times as fast as the real services the office ran; times are scaled by it.
 * @param paint - for terminals with colours. Default: plain text.
 */
export function comparisonTable(
  comparison: Comparison,
  speed: number,
  paint: Paint = (text) => text,
): string {
  const { expected, naive, runafter, summary } = comparison;
  const scaled = ({ seconds }: TimedScore) => `${(seconds * speed).toFixed(1)} s`;
  const rows: Cell[][] = [
    ['', 'expected', 'as people write it', 'with runafter'],
    ['rows in the result', ...row(expected.items, naive.items, runafter.items)],
    ['value of the counter', ...row(expected.increments, naive.increments, runafter.increments)],
    ['customers created', ...row(expected.customers, naive.customers, runafter.customers)],
    ['time of the services', '', scaled(naive), scaled(runafter)],
  ];
  const here = [naive, runafter].map(({ seconds }) => `${seconds.toFixed(1)} s`).join(' and ');
  return [
    ...align(rows, paint),
    '',
    'Both programs ended without an error.',
    `Summary, from result(): ${summary.Complete} Complete, ${summary.Failed} Failed.`,
    speed === 1
      ? 'The stand-ins ran at the speed of the real services.'
      : `The stand-ins ran ${speed} times as fast as the real services: here it took ${here}.`,
  ].join('\n');
}

function row(expected: number, ...found: readonly number[]): Cell[] {
  return [String(expected), ...found.map((value) => judged(value, expected))];
}

function judged(value: number, expected: number): Cell {
  if (value === expected) return { text: String(value), verdict: 'right' };
  const difference = value - expected;
  const gap = difference < 0 ? `${-difference} lost` : `${difference} too many`;
  return { text: `${value} (${gap})`, verdict: 'wrong' };
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly Cell[])[], paint: Paint): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => textOf(cells[column] ?? '').length)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const text = textOf(cell);
        if (column === 0) return text.padEnd(width);
        // Colours have no width, but count as characters: they come last.
        const padding = ' '.repeat(width - text.length);
        return padding + (typeof cell === 'string' ? cell : paint(text, cell.verdict));
      })
      .join('   ')
      .trimEnd(),
  );
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
