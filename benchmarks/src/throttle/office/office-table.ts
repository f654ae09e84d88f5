/**
 * How many at once? SharePoint updates on the office, with fixed degrees and with one that adapts.
 *
 * The office's model of SharePoint under load fits what people measured for 100 updates, so that table says how
 * good the model is, and what a limiter makes of a job that is over before it has learnt much. The longer job says
 * what it makes of one that is not.
 * Read next: update-job.ts, the job.
 * @module
 */
import { type Row, toRow } from '../../harness/row.ts';
import { median } from '../../harness/statistics.ts';
import type { Study, StudyOptions } from '../../harness/work.ts';
import { adaptiveCrew, type Crew, fixedCrew, type JobCost, updateItems } from './update-job.ts';

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

interface Job {
  readonly items: number;
  readonly degrees: readonly number[];
  /** How many times as fast as the services the office runs. */
  readonly speed: number;
  /** Each is another day of the office; of several, the median counts. */
  readonly seeds: readonly number[];
}

/** What a crew needed, for each of the seeds. */
interface Outcome {
  readonly crew: Crew;
  readonly costs: readonly JobCost[];
}

const hundred: Study = {
  kind: 'study',
  name: '100 SharePoint updates',
  async measure({ quick, show }) {
    const scale = quick ? { speed: 50, seeds: [1] } : { speed: 40, seeds: [1, 2, 3] };
    const job = { items: 100, degrees: [1, 5, 10, 20, 50], ...scale };
    const outcomes = await perform(job, show);
    return { text: textOf(job, outcomes), rows: rowsOf(hundred.name, outcomes, null) };
  },
};

const thousand: Study & { readonly long: true } = {
  kind: 'study',
  long: true,
  name: '1,000 SharePoint updates',
  async measure({ show }) {
    const job = { items: 1_000, degrees: [5, 10, 20, 50], speed: 80, seeds: [1] };
    const outcomes = await perform(job, show);
    return { text: textOf(job, outcomes), rows: rowsOf(thousand.name, outcomes, 1.15) };
  },
};

/** The office's updates, by the number of items. */
export const officeWorks: readonly Study[] = [hundred, thousand];

/** One crew after the other, each on offices of its own: nobody gets in the way of another. */
async function perform(
  { items, degrees, speed, seeds }: Job,
  show: StudyOptions['show'],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const crew of [...degrees.map(fixedCrew), adaptiveCrew]) {
    const costs: JobCost[] = [];
    for (const [round, seed] of seeds.entries()) {
      const which = `${crew.name} at once, round ${round + 1} of ${seeds.length}`;
      const onUpdated = (done: number) => show(`${which}, ${done} of ${items} updates`);
      costs.push(await updateItems(crew, { items, speed, seed, onUpdated }));
    }
    outcomes.push({ crew, costs });
  }
  return outcomes;
}

/** What adapts, next to each fixed degree, and so to the best one. A hundred are too few to promise anything. */
function rowsOf(work: string, outcomes: readonly Outcome[], target: number | null): Row[] {
  const secondsOf = ({ costs }: Outcome) => costs.map(({ seconds }) => seconds);
  const ours = outcomes.filter(({ crew }) => crew === adaptiveCrew).flatMap(secondsOf);
  return outcomes
    .filter(({ crew }) => crew !== adaptiveCrew)
    .map((outcome) => {
      const peer = `${outcome.crew.name} at once`;
      return toRow({ work, peer, target, unit: 's' }, { ours, theirs: secondsOf(outcome) });
    });
}

function textOf({ items, speed, seeds }: Job, outcomes: readonly Outcome[]): string {
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
