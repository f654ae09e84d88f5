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

/** Our side. */
export function oursOn(task: OurTask, { runs, processes }: Extent): Side {
  return {
    units: runs,
    expected: runs * (runs - 1) + runs * 12,
    async prepare(cleanup) {
      const { openDistribution, dagOfFive } = await import('./our-side.ts');
      const distribution = await openDistribution(task, cleanup);
      await startWorkers({ side: 'ours', ...task }, processes, cleanup);
      const outputsOf = async (input: number): Promise<number> => {
        const run = await distribution.start(dagOfFive, input);
        const { status, outputs } = await run.finished;
        return status === 'Succeeded' ? outputs : Number.NaN;
      };
      return async () => {
        const outputs = await Promise.all(Array.from({ length: runs }, (_, n) => outputsOf(n)));
        return outputs.reduce((sum, output) => sum + output, 0);
      };
    },
  };
}

/** Measures a row. A median of at most seven: each round is thousands of jobs long already. */
export async function dagDuel(
  subject: Omit<Subject, 'unit'>,
  ours: Side,
  theirs: Side,
  { quick, show }: StudyOptions,
): Promise<Row> {
  const rounds = quick ? 3 : 7;
  const onRound = (round: number) => show(`${subject.peer}, round ${round + 1} of ${rounds}`);
  const samples = await duel(ours, theirs, { rounds, warmUp: 0, roundTime: 0, onRound });
  const inMicroseconds = (times: readonly number[]) => times.map((time) => time * 1e3);
  return toRow(
    { ...subject, unit: 'µs/run' },
    { ours: inMicroseconds(samples.ours), theirs: inMicroseconds(samples.theirs) },
  );
}
