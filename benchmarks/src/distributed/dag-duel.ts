/**
 * A DAG of five over worker processes, timed from the first run that is started until whoever started them knows
 * the end of the last: what `dag-of-five.ts` and `store-duels.ts` have in common.
 * @module
 */
import { duel } from '../harness/duel.ts';
import { type Row, type Subject, toRow } from '../harness/row.ts';
import type { Side, StudyOptions } from '../harness/work.ts';
import type { OurTask } from './our-side.ts';
import { startWorkers } from './workers.ts';

/** How much is run at a time. */
export interface Extent {
  readonly runs: number;
  readonly processes: number;
}

export function runsOf({ quick }: Pick<StudyOptions, 'quick'>): number {
  return quick ? 200 : 2_000;
}

/** What the one who has started a run waits for: to know how it ended, or to have all that is kept of it. */
export type Until = 'ended' | 'finished';

/** Our side. */
export function oursOn(task: OurTask, { runs, processes }: Extent, until: Until): Side {
  return {
    units: runs,
    expected: runs,
    async prepare(cleanup) {
      const { openDistribution, dagOfFive } = await import('./our-side.ts');
      const distribution = await openDistribution(task, cleanup);
      await startWorkers({ side: 'ours', ...task }, processes, cleanup);
      const succeeds = async (input: number): Promise<boolean> => {
        const run = await distribution.start(dagOfFive, input);
        if (until === 'ended') return (await run.ended).status === 'Succeeded';
        const result = await run.finished;
        return result.status === 'Succeeded' && result.outputs === 2 * input + 12;
      };
      return async () => {
        const inputs = Array.from({ length: runs }, (_, n) => n);
        const succeeded = await Promise.all(inputs.map(succeeds));
        return succeeded.filter(Boolean).length;
      };
    },
  };
}

/** Measures a row. A median of at most five: each round is thousands of jobs long already. */
export async function dagDuel(
  subject: Omit<Subject, 'unit'>,
  ours: Side,
  theirs: Side,
  { quick, show }: StudyOptions,
): Promise<Row> {
  const rounds = quick ? 3 : 5;
  const onRound = (round: number) => show(`${subject.peer}, round ${round + 1} of ${rounds}`);
  const samples = await duel(ours, theirs, { rounds, warmUp: 0, roundTime: 0, onRound });
  const inMicroseconds = (times: readonly number[]) => times.map((time) => time * 1e3);
  return toRow(
    { ...subject, unit: 'µs/run' },
    { ours: inMicroseconds(samples.ours), theirs: inMicroseconds(samples.theirs) },
  );
}
