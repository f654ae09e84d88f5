/**
 * The child process: does one assignment and answers.
 *
 * It loads the two sides of its comparison and nothing else, so the JIT compiler's knowledge and the
 * heap are theirs alone.
 * @module
 */
import { benches } from '../benches.ts';
import type { Answer, Assignment } from './assignment.ts';
import { duel } from './duel.ts';
import { measureWaits } from './waits.ts';
import { perMillisecond, type Work } from './work.ts';

const assignment: Assignment = JSON.parse(process.argv[2] ?? '');
answer(await perform(assignment, await findWork(assignment)));
process.disconnect();

async function perform(assignment: Assignment, work: Work): Promise<Answer> {
  if (assignment.kind === 'duel' && work.kind === 'duel') {
    const peer = entry(work.peers, assignment.peer);
    const samples = await duel(work.ours, peer, {
      ...assignment.effort,
      onRound: (round) => answer({ kind: 'round', round }),
    });
    const inUnits = (time: number) => time * perMillisecond[work.unit];
    return {
      kind: 'samples',
      samples: { ours: samples.ours.map(inUnits), theirs: samples.theirs.map(inUnits) },
    };
  }
  if (assignment.kind === 'waiting' && work.kind === 'waiting') {
    const waits = await measureWaits(work.ours, entry(work.peers, assignment.peer), {
      rounds: assignment.effort.rounds,
      onRound: (round) => answer({ kind: 'round', round }),
    });
    return { kind: 'waits', waits };
  }
  if (assignment.kind === 'probe' && work.kind === 'probe') {
    const { peer } = assignment;
    const measure = peer === undefined ? work.ours : entry(work.peers, peer).measure;
    return { kind: 'value', value: await measure() };
  }
  if (assignment.kind === 'study' && work.kind === 'study') {
    const show = (text: string) => answer({ kind: 'progress', text });
    return { kind: 'findings', findings: await work.measure({ quick: assignment.quick, show }) };
  }
  throw new Error(`"${work.name}" is a ${work.kind}, not a ${assignment.kind}.`);
}

async function findWork({ bench, work }: Assignment): Promise<Work> {
  const { works } = await entry(benches, bench)();
  const found = works.find(({ name }) => name === work);
  if (found === undefined) throw new Error(`The bench "${bench}" has no work "${work}".`);
  return found;
}

function entry<T>(entries: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (found === undefined) throw new Error(`There is no "${name}".`);
  return found;
}

function answer(message: Answer): void {
  process.send?.(message);
}
