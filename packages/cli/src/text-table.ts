/**
 * Rows under a header, as wide as what is in them.
 * @module
 */
import type { Style } from './session.ts';
import { widthOf } from './text-width.ts';

/** A column, by its header. */
export interface Column {
  readonly header: string;
  /** Numbers stand right. Default left. */
  readonly align?: 'left' | 'right';
}

/**
 * Writes a table, one line for each row; colours in the cells count for nothing.
 *
 * @returns lines, each ended; the last column is not filled up with blanks.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const widths = columns.map(({ header }, index) =>
    Math.max(header.length, ...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  const header = style.bold(line(columns.map((column) => column.header)));
  return [header, ...rows.map(line)].map((each) => `${each}\n`).join('');
}

function padded(cell: string, width: number, align: Column['align']): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'right' ? blanks + cell : cell + blanks;
}
