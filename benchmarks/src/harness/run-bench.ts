/**
 * Runs a benchmark: every work against each of its peers, one after the other.
 * @module
 */
import type { Answer } from './assignment.ts';
import { inChildProcess } from './child-process.ts';
import type { Effort } from './duel.ts';
import type { Progress } from './progress.ts';
import { type Row, toRow } from './row.ts';
import type { Bench, Duel, Probe } from './work.ts';

export interface RunOptions {
  readonly effort: Effort;
  /** Only works whose name contains this text. */
  readonly only?: string;
  /** Without the works that take long. */
  readonly quick?: boolean;
  readonly progress: Progress;
}

/** One step of a run, with the rows that it gives. */
interface Step {
  readonly title: string;
  readonly run: (onRound: (round: number) => void) => Promise<Row[]>;
}

/**
 * Measures and compares.
 *
 * @param name - the bench's name in benches.ts, by which the child processes find it.
 * @returns a row per peer, in the order of the works.
 * @throws {Error} no work has `only` in its name, or a child process failed.
 */
export async function runBench(name: string, bench: Bench, options: RunOptions): Promise<Row[]> {
  const { effort, only = '', quick = false, progress } = options;
  const steps = bench.works
    .filter(({ name, long = false }) => name.includes(only) && !(quick && long))
    .flatMap((work) =>
      work.kind === 'duel' ? duelSteps(name, work, effort) : probeSteps(name, work, effort),
    );
  if (steps.length === 0) throw new Error(nothingToDo(name, bench, only));
  const rows: Row[] = [];
  for (const [index, { title, run }] of steps.entries()) {
    const where = `${name} ${index + 1}/${steps.length}  ${title}`;
    progress.show(where);
    rows.push(
      ...(await run((round) => progress.show(`${where}, round ${round + 1} of ${effort.rounds}`))),
    );
  }
  progress.clear();
  return rows;
}

function nothingToDo(name: string, { works }: Bench, only: string): string {
  const names = works.map((work) => `  ${work.name}`).join('\n');
  return `No work of the benchmark "${name}" has "${only}" in its name. There is:\n${names}`;
}

/** A step per peer: ours is measured anew next to each. */
function duelSteps(bench: string, work: Duel, effort: Effort): Step[] {
  return Object.entries(work.peers).map(([peer, { target = null }]) => ({
    title: `${work.name}: ${peer}`,
    run: async (onRound) => {
      const assignment = { kind: 'duel', bench, work: work.name, peer, effort } as const;
      const { samples } = expectAnswer('samples', await inChildProcess(assignment, onRound));
      return [toRow({ work: work.name, peer, target, unit: work.unit }, samples)];
    },
  }));
}

/** One step: ours is measured in as many processes as there are rounds, like each peer. */
function probeSteps(bench: string, work: Probe, effort: Effort): Step[] {
  const { name, unit, peers, bound, once = false } = work;
  const rounds = once ? 1 : effort.rounds;
  const sample = async (peer: string | undefined, onRound: (round: number) => void) => {
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      onRound(round);
      const answer = await inChildProcess({ kind: 'probe', bench, work: name, peer }, () => {});
      values.push(expectAnswer('value', answer).value);
    }
    return values;
  };
  const run: Step['run'] = async (onRound) => {
    const ours = await sample(undefined, onRound);
    const rows: Row[] = [];
    for (const [peer, { target = null }] of Object.entries(peers)) {
      const theirs = await sample(peer, onRound);
      rows.push(toRow({ work: name, peer, target, unit }, { ours, theirs }));
    }
    const theirs = ours.map(() => bound.value);
    return [...rows, toRow({ work: name, peer: bound.name, target: 1, unit }, { ours, theirs })];
  };
  return [{ title: name, run }];
}

function expectAnswer<K extends Answer['kind']>(
  kind: K,
  answer: Answer,
): Extract<Answer, { kind: K }> {
  if (answer.kind === kind) return answer as Extract<Answer, { kind: K }>;
  throw new Error(`A child answered with ${answer.kind} in place of ${kind}.`);
}
