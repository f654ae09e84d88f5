/**
 * The report as one text table.
 * @module
 */
import { isMissed, type Row } from './row.ts';

const columns: readonly {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (row: Row) => string;
}[] = [
  { title: 'work', align: 'left', text: ({ work }) => work },
  { title: 'peer', align: 'left', text: ({ peer }) => peer },
  { title: 'ours', align: 'right', text: ({ ours }) => formatNumber(ours) },
  { title: 'theirs', align: 'right', text: ({ theirs }) => formatNumber(theirs) },
  { title: 'unit', align: 'left', text: ({ unit }) => unit },
  { title: 'ratio', align: 'right', text: ({ ratio }) => formatNumber(ratio) },
  {
    title: 'spread',
    align: 'left',
    text: ({ spread: { min, max } }) => `${formatNumber(min)}–${formatNumber(max)}`,
  },
  { title: 'target', align: 'right', text: ({ target }) => (target === null ? '' : `≤ ${target}`) },
  { title: '', align: 'left', text: mark },
];

/** Lays the rows out; a work that goes on over several rows is named once. */
export function formatTable(rows: readonly Row[]): string {
  const body = rows.map((row, index) =>
    columns.map(({ title, text }) =>
      title === 'work' && rows[index - 1]?.work === row.work ? '' : text(row),
    ),
  );
  const header = columns.map(({ title }) => title);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        columns[column]?.align === 'right'
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(header), rule, ...body.map(line)].join('\n');
}

function mark(row: Row): string {
  if (row.target === null) return '';
  return isMissed(row) ? '✗' : '✓';
}

/** Three digits, and no more than that before the point is ever cut off: 0.0152, 1.25, 83.1, 1,204. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
