/**
 * A prediction for people: a table with bars, and what follows from it.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import type { Style } from '../session.ts';
import { textTable } from '../text-table.ts';
import type { Binding, FormulaReading, PlanRow, PlanTable } from './plan-table.ts';

/** How many characters the longest bar has. */
const longestBar = 24;

/** Writes a prediction as text, with a line end at the end. */
export function showPlan(table: PlanTable, style: Style): string {
  const { rows, recommended } = table;
  const slowest = Math.max(...rows.map(({ makespan }) => makespan.mean));
  const cells = rows.map((row) => {
    const isRecommended = row.degree === recommended.degree;
    const bar = '█'.repeat(Math.max(1, Math.round((longestBar * row.makespan.mean) / slowest)));
    return [
      isRecommended ? style.bold(String(row.degree)) : String(row.degree),
      rounded(row.makespan.mean),
      spreadOf(row),
      isRecommended ? style.green(bar) : style.dim(bar),
      String(Math.round(row.calls)),
      String(Math.round(row.refused)),
      percent(row.waiting),
      row.gain === undefined ? '' : percent(row.gain),
      bindingText(row.binds),
    ];
  });
  const lines = [
    `${table.workflow}: ${variedText(table)}, ${counted(table.samples, 'run')} each`,
    '',
    textTable(columns, cells, style).trimEnd(),
    '',
    ...conclusions(table),
  ];
  return `${lines.join('\n')}\n`;
}

const columns = [
  { header: 'at once', align: 'right' },
  { header: 'takes', align: 'right' },
  { header: '' },
  { header: '' },
  { header: 'calls', align: 'right' },
  { header: '429s', align: 'right' },
  { header: 'waiting', align: 'right' },
  { header: 'gain', align: 'right' },
  { header: 'what binds' },
] as const;

function variedText({ varies }: PlanTable): string {
  if (varies.kind === 'maxConcurrentActions') return 'so many actions at once';
  return `so many of ${counted(varies.items ?? 0, 'item')} of ${varies.address} at once`;
}

/** Half of the distance between the fastest and the slowest sample. */
function spreadOf({ makespan: { least, most } }: PlanRow): string {
  return most === least ? '' : `± ${rounded((most - least) / 2)}`;
}

function bindingText(binding: Binding): string {
  return binding.by === 'connector' ? `${binding.connector}: ${binding.limit}` : binding.by;
}

function* conclusions(table: PlanTable): Generator<string> {
  const { rows, criticalPath, recommended, formulas, notes } = table;
  const { degree, fastest, calm } = recommended;
  const why =
    degree === fastest ? 'the fastest here' : `at most 5 % slower than the fastest, ${fastest}`;
  yield `Recommended: ${degree} at once, ${why}.`;
  const quiet = rows.find((row) => row.degree === calm);
  if (quiet !== undefined && calm !== degree) {
    yield `With next to no 429: ${calm} at once, ${rounded(quiet.makespan.mean)}.`;
  }
  yield `Critical path: ${rounded(criticalPath)}. No degree is faster.`;
  for (const formula of formulas) yield* formulaTexts(formula);
  for (const row of rows.filter(({ unsuccessful }) => unsuccessful > 0)) {
    yield `At ${row.degree} at once ${row.unsuccessful} of ${table.samples} runs did not succeed.`;
  }
  yield* notes;
}

function* formulaTexts(reading: FormulaReading): Generator<string> {
  const { connector, limitPerMinute, callsPerIteration, iterationTime } = reading;
  const calls = counted(fewDigits(callsPerIteration), 'call');
  yield `${connector} takes ${fewDigits(limitPerMinute)} calls a minute; an iteration makes ${calls}, in ${rounded(iterationTime)} alone.`;
  yield `By formula: ${reading.safeConcurrency} at once leave half of that to others; the field's ${reading.iterationsPerMinute} are iterations a minute, no degree.`;
}

/** As many digits as mean something. */
function rounded(ms: number): string {
  const step = [1, 10, 100].find((digit) => ms < digit * 100) ?? 1_000;
  return formatDuration(Math.round(ms / step) * step);
}

function fewDigits(value: number): number {
  return Math.round(value * 100) / 100;
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
