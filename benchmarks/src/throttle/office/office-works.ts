/**
 * How many at once? SharePoint updates on the office, with fixed degrees and with one that adapts.
 *
 * The office's model of SharePoint under load fits what people measured for 100 updates, so that table says how
 * good the model is, and what a limiter makes of a job that is over before it has learnt much. The longer job says
 * what it makes of one that is not.
 * Read next: update-job.ts, the job; job-table.ts, how it is told.
 * @module
 */
import { type Row, toRow } from '../../harness/row.ts';
import type { Study, StudyOptions } from '../../harness/work.ts';
import { type Job, jobTable, type Outcome } from './job-table.ts';
import { adaptiveCrew, fixedCrew, type JobCost, updateItems } from './update-job.ts';

const hundred: Study = {
  kind: 'study',
  name: '100 SharePoint updates',
  async measure({ quick, show }) {
    const scale = quick ? { speed: 50, seeds: [1] } : { speed: 40, seeds: [1, 2, 3] };
    const job = { items: 100, degrees: [1, 5, 10, 20, 50], ...scale };
    const outcomes = await perform(job, show);
    return { text: jobTable(job, outcomes), rows: rowsOf(hundred.name, outcomes, null) };
  },
};

const thousand: Study & { readonly long: true } = {
  kind: 'study',
  long: true,
  name: '1,000 SharePoint updates',
  async measure({ show }) {
    const job = { items: 1_000, degrees: [10, 20, 50], speed: 100, seeds: [1, 2, 3] };
    const outcomes = await perform(job, show);
    return { text: jobTable(job, outcomes), rows: rowsOf(thousand.name, outcomes, 1.15) };
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
