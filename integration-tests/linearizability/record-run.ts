/**
 * Several processes at one backend, each with several clients, while the network of every other one fails.
 *
 * Invariant: the history is complete. What a client did not get to know is in it as unknown, and a process
 * that fails takes the run with it.
 * Read next: client-process.ts, what each of them does.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Random, seededRandom, systemClock } from '@runafter/clock';
import { historyFromJson, mergeHistories, type Operation } from '@runafter/testkit';
import { Crew } from '../chaos/harness/crew.ts';
import { FaultyNetwork } from '../chaos/harness/faulty-network.ts';
import { chance, pick } from './chance.ts';
import { openStartingLine } from './starting-line.ts';
import type { Part, Task } from './task.ts';

/** A backend and where it is. */
export interface Subject {
  /** The URL of a module that exports a `backend`. */
  readonly module: URL;
  readonly place: { readonly url?: string; readonly folder?: string };
  /** Recognises a request that writes, so that its reply can be lost. Undefined: there is no network. */
  readonly isWrite: RegExp | undefined;
}

/** What is to be recorded. */
export interface RunOptions {
  readonly part: Part;
  readonly keys: readonly string[];
  readonly seed: number;
}

/** What was recorded. */
export interface RecordedRun<Op, Result> {
  readonly operations: readonly Operation<Op, Result>[];
  readonly lostReplies: number;
}

const processes = 4;
/** Milliseconds that the clients work. */
const lasts = 1_000;
/** Operations of each client, also where the machine or the service is slow. */
const least = 10;
/** Replies that are lost at least, likewise. */
const leastLosses = 3;
/** Milliseconds between two faults of the network, at most. */
const longestPeace = 60;

export async function recordRun<Op, Result>(
  { module, place, isWrite }: Subject,
  { part, keys, seed }: RunOptions,
): Promise<RecordedRun<Op, Result>> {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-histories-'));
  const historyFile = (process: number) => join(folder, `history-${process}.json`);
  try {
    await using line = await openStartingLine(processes);
    await using network = await networkTo(place.url, isWrite);
    await using crew = new Crew({
      size: processes,
      program: new URL('./client-process.ts', import.meta.url),
      cacheFolder: join(tmpdir(), 'node-compile-cache'),
      done: () => 0,
      task: (worker): Task => ({
        process: worker + 1,
        backend: module.href,
        ...routeOf(worker, place, network),
        ...{ part, keys, seed, lasts, least },
        startingLine: line.url,
        historyFile: historyFile(worker + 1),
      }),
    });
    await Promise.race([line.started, crew.finished]);
    await Promise.all([crew.finished, network && disturb(network, crew.finished, seed)]);
    const histories = Array.from({ length: processes }, (_, worker) =>
      historyFromJson<Op, Result>(readFileSync(historyFile(worker + 1), 'utf8')),
    );
    const { operations } = mergeHistories(...histories);
    return { operations, lostReplies: network?.lostReplies ?? 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function networkTo(
  url: string | undefined,
  isWrite: RegExp | undefined,
): Promise<FaultyNetwork | undefined> {
  if (url === undefined || isWrite === undefined) return undefined;
  return await FaultyNetwork.to(url, isWrite);
}

/** Every other process is behind the faulty network. */
function routeOf(
  worker: number,
  place: object,
  network: FaultyNetwork | undefined,
): Pick<Task, 'place' | 'isFaulty'> {
  if (network === undefined || worker % 2 === 0) return { place, isFaulty: false };
  return { place: { ...place, url: network.url }, isFaulty: true };
}

/** Lets the network fail, now and then, while clients work; afterwards those that are slow come to an end. */
async function disturb(network: FaultyNetwork, work: Promise<void>, seed: number): Promise<void> {
  const random = seededRandom(`${seed} network`);
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  const calm = systemClock.monotonic() + lasts;
  for (let losses = 0; !isOver; ) {
    if (network.lostReplies >= leastLosses && systemClock.monotonic() > calm) return;
    await systemClock.sleep(1 + random() * longestPeace);
    // One at a time: on a slow machine they would pile up until nothing is answered any more.
    if (losses > network.lostReplies) continue;
    if (chance(random, 0.85)) {
      network.loseReply();
      losses++;
    } else breakDown(network, random);
  }
}

/** What takes all connections at once. */
function breakDown(network: FaultyNetwork, random: Random): void {
  if (chance(random, 0.7)) network.swallow(pick(random, ['toServer', 'toClient']));
  else if (chance(random, 0.5)) network.breakDown();
  else network.slowDown();
}
