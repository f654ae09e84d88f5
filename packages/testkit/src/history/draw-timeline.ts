/**
 * Draws operations as a timeline: a row per client, time from left to right.
 *
 *     A  [ write 8 ]            [ read -> 7 ]  <-- cannot be
 *     B        [ write 9 ............................ ?
 *
 * Invariant: of any two events, the one that happened first stands further left. Distances mean nothing.
 * @module
 */

/** An operation to draw. */
export interface Bar {
  readonly client: string;
  readonly label: string;
  /** The ranks of its events. */
  readonly start: number;
  /** `Infinity`: its outcome is unknown. */
  readonly end: number;
  /** Written behind the row. */
  readonly remark?: string;
}

/** Options of {@link drawTimeline}. */
export interface TimelineOptions {
  /** The rank at which a line is drawn through all rows. */
  readonly divider?: number;
  /** The rank at which the drawing ends; what returned later is open to the right. */
  readonly until: number;
}

/** Labels longer than this are cut. */
const longestLabel = 60;

/** Draws the bars; one string per line. */
export function drawTimeline(
  bars: readonly Bar[],
  { divider = -1, until }: TimelineOptions,
): string[] {
  const drawn = bars.map((bar) => ({ ...bar, label: shorten(bar.label) }));
  const columnOf = layOutColumns(drawn, divider, until);
  const width = Math.max(...columnOf.values()) + 1;
  const dividerColumn = columnOf.get(divider);
  const rows = rowsOf(drawn, until);
  const nameWidth = Math.max(...rows.map(({ client }) => client.length));
  return rows.map(({ client, bars }) => {
    const cells: string[] = Array(width).fill(' ');
    if (dividerColumn !== undefined) cells[dividerColumn] = '|';
    for (const bar of bars) drawBar(bar, cells, columnOf, until);
    const line = `  ${client.padEnd(nameWidth)}  ${cells.join('')}`;
    const remark = bars.find(({ remark }) => remark !== undefined)?.remark;
    return remark === undefined ? line.trimEnd() : `${line}  <-- ${remark}`;
  });
}

function shorten(label: string): string {
  return label.length <= longestLabel ? label : `${label.slice(0, longestLabel - 3)}...`;
}

/** Gives each event a column: as far left as the labels, and the events before, let it. */
function layOutColumns(bars: readonly Bar[], divider: number, until: number): Map<number, number> {
  const ends = bars.map(({ end }) => Math.min(end, until));
  const dividers = divider < 0 ? [] : [divider];
  const ranks = [...new Set([...bars.map(({ start }) => start), ...ends, ...dividers])];
  const columnOf = new Map<number, number>();
  let column = -1;
  for (const rank of ranks.sort((a, b) => a - b)) {
    column++;
    if (rank === divider) column += 1;
    for (const [index, { start, label }] of bars.entries()) {
      if (ends[index] !== rank) continue;
      column = Math.max(column, (columnOf.get(start) ?? 0) + label.length + 3);
    }
    columnOf.set(rank, column);
    if (rank === divider) column += 1;
  }
  return columnOf;
}

/** A row per client; more when its operations overlap, as they do after one whose reply was lost. */
function rowsOf(bars: readonly Bar[], until: number): { client: string; bars: Bar[] }[] {
  const rows: { client: string; bars: Bar[]; free: number }[] = [];
  for (const bar of bars.toSorted((a, b) => a.start - b.start)) {
    const row = rows.find(({ client, free }) => client === bar.client && free < bar.start);
    const free = bar.end > until ? Infinity : bar.end;
    if (row === undefined) rows.push({ client: bar.client, bars: [bar], free });
    else {
      row.bars.push(bar);
      row.free = free;
    }
  }
  return rows.sort((a, b) => (a.client < b.client ? -1 : Number(a.client > b.client)));
}

function drawBar(
  { label, start, end }: Bar,
  cells: string[],
  columnOf: ReadonlyMap<number, number>,
  until: number,
): void {
  const from = columnOf.get(start) as number;
  const to = columnOf.get(Math.min(end, until)) as number;
  const text = `[ ${label} `;
  const fill = end === Infinity ? '.' : ' ';
  for (let column = from; column <= to; column++) cells[column] = text[column - from] ?? fill;
  if (end === Infinity) cells[to] = '?';
  else cells[to] = end > until ? '>' : ']';
}
