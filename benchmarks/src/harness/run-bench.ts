/**
 * Runs a benchmark: every work against each of its peers, one after the other.
 * @module
 */
import type { Answer } from './assignment.ts';
import { openPlaces } from './bench-places.ts';
import { inChildProcess } from './child-process.ts';
import type { Effort } from './duel.ts';
import type { Progress } from './progress.ts';
import { type Row, toRow, toWaitRows } from './row.ts';
import type { Bench, Duel, Probe, Study, Waiting, Work } from './work.ts';

export interface RunOptions {
  readonly effort: Effort;
  /** Only works whose name contains this text. */
  readonly only?: string;
  /** Without the works that take long. */
  readonly quick?: boolean;
  readonly progress: Progress;
  /** Gets a line about each service that is used or not to be had. Default: nobody. */
  readonly say?: (line: string) => void;
  /** Gets the table of each study. Default: nobody. */
  readonly sayStudy?: (text: string) => void;
  /** Ends it: no process is left behind, and no service. */
  readonly signal?: AbortSignal;
}

/** One step of a run, with the rows that it gives. */
interface Step {
  readonly title: string;
  readonly run: (show: (how: string) => void) => Promise<readonly Row[]>;
}

/**
 * Measures and compares.
 *
 * @param name - the bench's name in benches.ts, by which the child processes find it.
 * @returns a row per peer, in the order of the works.
 * @throws {Error} no work has `only` in its name, a child process failed, or a service is not to be had that
 *   is required.
 */
export async function runBench(name: string, bench: Bench, options: RunOptions): Promise<Row[]> {
  const { effort, only = '', quick = false, progress } = options;
  const { say = () => {}, sayStudy = () => {}, signal = new AbortController().signal } = options;
  const works = bench.works.filter(
    ({ name, long = false }) => name.includes(only) && !(quick && long),
  );
  if (works.length === 0) throw new Error(nothingToDo(name, bench, only));
  await using places = await openPlaces(new Set(works.flatMap(({ needs }) => needs ?? [])), say);
  const isPossible = ({ needs }: Work) => needs === undefined || !places.missing.has(needs);
  const leftOut = works.filter((work) => !isPossible(work));
  if (leftOut.length > 0) say(`Left out: ${leftOut.map((work) => work.name).join('; ')}.`);
  const setting = { effort, quick, sayStudy: sayBelow(progress, sayStudy), signal };
  const steps = works.filter(isPossible).flatMap((work) => stepsOf(name, work, setting));
  const rows: Row[] = [];
  for (const [index, { title, run }] of steps.entries()) {
    const where = `${name} ${index + 1}/${steps.length}  ${title}`;
    signal.throwIfAborted();
    progress.show(where);
    rows.push(...(await run((how) => progress.show(`${where}, ${how}`))));
  }
  progress.clear();
  return rows;
}

function nothingToDo(name: string, { works }: Bench, only: string): string {
  const names = works.map((work) => `  ${work.name}`).join('\n');
  return `No work of the benchmark "${name}" has "${only}" in its name. There is:\n${names}`;
}

/** Says something in a line of its own, which is not the line of the progress. */
function sayBelow(progress: Progress, say: (text: string) => void): (text: string) => void {
  return (text) => {
    progress.clear();
    say(text);
  };
}

/** What every step needs to know. */
interface StepSetting {
  readonly effort: Effort;
  readonly quick: boolean;
  readonly sayStudy: (text: string) => void;
  readonly signal: AbortSignal;
}

function stepsOf(bench: string, work: Work, setting: StepSetting): Step[] {
  switch (work.kind) {
    case 'duel':
      return duelSteps(bench, work, setting);
    case 'waiting':
      return waitingSteps(bench, work, setting);
    case 'probe':
      return probeSteps(bench, work, setting);
    case 'study':
      return studySteps(bench, work, setting);
  }
}

/** A step per peer: ours is measured anew next to each. */
function duelSteps(bench: string, work: Duel, { effort, signal }: StepSetting): Step[] {
  return Object.entries(work.peers).map(([peer, { target = null }]) => ({
    title: `${work.name}: ${peer}`,
    run: async (show) => {
      const onRound = inRounds(effort, show);
      const assignment = { kind: 'duel', bench, work: work.name, peer, effort } as const;
      const { samples } = expectAnswer(
        'samples',
        await inChildProcess(assignment, { onRound, signal }),
      );
      return [toRow({ work: work.name, peer, target, unit: work.unit }, samples)];
    },
  }));
}

/** As {@link duelSteps}. */
function waitingSteps(bench: string, work: Waiting, { effort, signal }: StepSetting): Step[] {
  return Object.keys(work.peers).map((peer) => ({
    title: `${work.name}: ${peer}`,
    run: async (show) => {
      const onRound = inRounds(effort, show);
      const assignment = { kind: 'waiting', bench, work: work.name, peer, effort } as const;
      const { waits } = expectAnswer(
        'waits',
        await inChildProcess(assignment, { onRound, signal }),
      );
      return toWaitRows({ work: work.name, peer, target: null, unit: 'ms' }, waits);
    },
  }));
}

/** One step: ours is measured in as many processes as there are rounds, like each peer. */
function probeSteps(bench: string, work: Probe, { effort, signal }: StepSetting): Step[] {
  const { name, unit, peers, bound, once = false } = work;
  const rounds = once ? 1 : effort.rounds;
  const sample = async (peer: string | undefined, onRound: (round: number) => void) => {
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      onRound(round);
      const assignment = { kind: 'probe', bench, work: name, peer } as const;
      const answer = await inChildProcess(assignment, { signal });
      values.push(expectAnswer('value', answer).value);
    }
    return values;
  };
  const run: Step['run'] = async (show) => {
    const onRound = inRounds(effort, show);
    const ours = await sample(undefined, onRound);
    const rows: Row[] = [];
    for (const [peer, { target = null }] of Object.entries(peers)) {
      const theirs = await sample(peer, onRound);
      rows.push(toRow({ work: name, peer, target, unit }, { ours, theirs }));
    }
    if (bound === undefined) return rows;
    const theirs = ours.map(() => bound.value);
    return [...rows, toRow({ work: name, peer: bound.name, target: 1, unit }, { ours, theirs })];
  };
  return [{ title: name, run }];
}

/** One step; its table is said at once, its rows come into the benchmark's. */
function studySteps(
  bench: string,
  { name }: Study,
  { quick, sayStudy, signal }: StepSetting,
): Step[] {
  const run: Step['run'] = async (show) => {
    const assignment = { kind: 'study', bench, work: name, quick } as const;
    const answer = await inChildProcess(assignment, { onProgress: show, signal });
    const { text, rows } = expectAnswer('findings', answer).findings;
    sayStudy(`${name}\n${text}\n`);
    return rows;
  };
  return [{ title: name, run }];
}

function inRounds({ rounds }: Effort, show: (how: string) => void): (round: number) => void {
  return (round) => show(`round ${round + 1} of ${rounds}`);
}

function expectAnswer<K extends Answer['kind']>(
  kind: K,
  answer: Answer,
): Extract<Answer, { kind: K }> {
  if (answer.kind === kind) return answer as Extract<Answer, { kind: K }>;
  throw new Error(`A child answered with ${answer.kind} in place of ${kind}.`);
}
