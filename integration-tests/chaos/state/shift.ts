/**
 * A crew at work on one backend, while its processes are killed and its network fails.
 *
 * Read next: worker.ts, what each process does; ordeals.ts, how much goes wrong.
 * @module
 */
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import type { ChaosSetting } from '../harness/chaos.ts';
import { Crew } from '../harness/crew.ts';
import { FaultyNetwork } from '../harness/faulty-network.ts';
import { goThrough } from '../harness/mishaps.ts';
import { countLogged, readLogged } from '../harness/number-log.ts';
import { showProgress } from '../harness/progress.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { StateBackend } from './backend.ts';
import { measureOf, planMishaps, updates } from './ordeals.ts';
import type { Damage, Effort } from './results.ts';
import { logsOf, type StateTask } from './task.ts';

/** What is to be done. */
export interface Shift {
  readonly part: StateTask['part'];
  /** How many operations. */
  readonly total: number;
  /** Where workers keep their notes. */
  readonly folder: string;
}

/** What the workers have noted, and what happened to them. */
export interface ShiftEnd extends Damage, Effort {
  readonly begun: readonly number[];
  readonly acknowledged: readonly number[];
}

const workerProgram = new URL('./worker.ts', import.meta.url);

/** Has a crew do its work, to the end. */
export async function workShift(
  subject: Subject<StateBackend>,
  { quick, random, output, signal }: ChaosSetting,
  shift: Shift,
): Promise<ShiftEnd> {
  const { backend, place } = subject;
  const { part, total, folder } = shift;
  const measure = measureOf(part, quick);
  const { processes } = measure;
  const logs = Array.from({ length: processes }, (_, worker) => logsOf(folder, part, worker));
  await using network = await networkTo(backend, place);
  const startedAt = systemClock.monotonic();
  await using crew = new Crew({
    size: processes,
    program: workerProgram,
    cacheFolder: join(folder, 'cache'),
    task: (worker) => taskOf(worker, processes, subject, shift, network),
    done: (worker) => countDone(part, logs[worker]),
  });
  const damage = (): Damage => ({
    kills: crew.kills,
    lostReplies: network?.lostReplies ?? null,
    outages: network?.outages ?? 0,
  });
  const progress = showProgress(`${backend.name}, ${part}`.padEnd(22), total, output);
  try {
    const longestPause = await goThrough(crew, {
      mishaps: planMishaps(measure, random(`${backend.name} ${part}`), crew, network),
      total,
      onProgress: (done) => progress.show(done, inWords(damage())),
      signal,
    });
    return {
      ...damage(),
      processes,
      seconds: inSeconds(systemClock.monotonic() - startedAt),
      longestPause: inSeconds(longestPause),
      begun: logs.flatMap(({ begun }) => readLogged(begun)),
      acknowledged: logs.flatMap(({ acknowledged }) => readLogged(acknowledged)),
    };
  } finally {
    progress.end();
  }
}

/** A worker's share of the operations: those after its neighbour's. */
function taskOf(
  worker: number,
  processes: number,
  { backend, file, place }: Subject<StateBackend>,
  { part, total, folder }: Shift,
  network: FaultyNetwork | undefined,
): StateTask {
  const first = Math.floor((total * worker) / processes);
  return {
    backend: file,
    place: network === undefined ? place : { ...place, url: network.url },
    part,
    first,
    count: Math.floor((total * (worker + 1)) / processes) - first,
    inFlight: part === 'counter' ? backend.inFlight : updates.inFlight,
    ...logsOf(folder, part, worker),
  };
}

/** What will not be done again: an addition that was acknowledged, an update that was begun. */
function countDone(part: StateTask['part'], logs: ReturnType<typeof logsOf> | undefined): number {
  if (logs === undefined) return 0;
  return countLogged(part === 'counter' ? logs.acknowledged : logs.begun);
}

async function networkTo(
  { isWrite }: StateBackend,
  place: { readonly url?: string },
): Promise<FaultyNetwork | undefined> {
  if (isWrite === undefined || place.url === undefined) return undefined;
  return await FaultyNetwork.to(place.url, isWrite);
}

/** To a tenth. */
function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}

function inWords({ kills, lostReplies }: Damage): string {
  const lost = lostReplies === null ? '' : `, ${lostReplies} lost replies`;
  return ` · ${kills} kills${lost}`;
}
