/**
 * What came of the jobs, as a table for people.
 * @module
 */
import { median } from '../../harness/statistics.ts';
import type { Crew, JobCost } from './update-job.ts';

/** One job, that several crews do. */
export interface Job {
  readonly items: number;
  readonly degrees: readonly number[];
  /** How many times as fast as the services the office runs. */
  readonly speed: number;
  /** Each is another day of the office; of several, the median counts. */
  readonly seeds: readonly number[];
}

/** What a crew needed, for each of the seeds. */
export interface Outcome {
  readonly crew: Crew;
  readonly costs: readonly JobCost[];
}

/** What people measured for 100 updates, by how many were under way at once. */
const fieldTimes: Readonly<Record<string, string>> = {
  '1': '8–10 min',
  '5': '2–3 min',
  '10': '90–120 s',
  '20': '75–120 s',
  '50': '90–150 s',
};

/** Seconds that the model takes for an item while nobody else is in the way. */
const secondsPerItem = 2.35 + 2.75;

/** A line for each crew, and what is to be known about them. */
export function jobTable({ items, speed, seeds }: Job, outcomes: readonly Outcome[]): string {
  const isFields = items === 100;
  const header = [
    'at once',
    'time',
    ...(isFields ? ['people measured'] : []),
    '429s',
    'wasted',
    'later',
  ];
  const lines = outcomes.map(({ crew, costs }) => [
    crew.name,
    `${Math.round(medianOf(costs, ({ seconds }) => seconds))} s`,
    ...(isFields ? [fieldTimes[crew.name] ?? ''] : []),
    String(medianOf(costs, ({ rejected }) => rejected)),
    percent(medianOf(costs, ({ rejected, calls }) => rejected / calls)),
    percent(medianOf(costs, ({ late }) => late.rejected / late.calls)),
  ]);
  return [
    ...aligned([header, ...lines]),
    `Seconds of the office, which runs ${speed} times as fast${seeds.length > 1 ? `; medians of ${seeds.length}` : ''}.`,
    'wasted = calls that were answered 429, of all; later = the same without the first fifth of the calls.',
    ...distortionOf(items, outcomes),
  ].join('\n');
}

/** A clock that runs faster makes the machine's own time for each call count for more. */
function distortionOf(items: number, outcomes: readonly Outcome[]): string[] {
  const oneByOne = outcomes.find(({ crew }) => crew.workers === 1);
  if (oneByOne === undefined) return [];
  const model = items * secondsPerItem;
  const extra = medianOf(oneByOne.costs, ({ seconds }) => seconds) / model - 1;
  return [
    `One by one is ${Math.round(model)} s in the model: the speed, and chance, make it ${percent(extra)} longer.`,
  ];
}

function medianOf(costs: readonly JobCost[], figure: (cost: JobCost) => number): number {
  return median(costs.map(figure));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((cells) => (cells[column] ?? '').length)),
  );
  return lines.map((cells) =>
    cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('   '),
  );
}
