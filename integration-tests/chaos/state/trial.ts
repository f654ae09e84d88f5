/**
 * One backend through its two ordeals: a counter that many processes add to, and a document that they
 * update.
 *
 * Invariant: what the workers have noted is compared with what the service says when all of them have
 * ended, without the faulty network in between.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import type { ChaosSetting } from '../harness/chaos.ts';
import { Crew } from '../harness/crew.ts';
import { FaultyNetwork } from '../harness/faulty-network.ts';
import { goThrough } from '../harness/mishaps.ts';
import { countLogged, readLogged } from '../harness/number-log.ts';
import { showProgress } from '../harness/progress.ts';
import type { StateBackend } from './backend.ts';
import { measureOf, planMishaps, updates } from './ordeals.ts';
import type { BackendResult, CounterResult, Damage, DocumentResult, Effort } from './results.ts';
import { logsOf, type StateTask, sharedName } from './task.ts';

/** A backend that is there. */
export interface Subject {
  readonly backend: StateBackend;
  /** The URL of its module. */
  readonly file: string;
  readonly place: object;
}

const workerProgram = new URL('./worker.ts', import.meta.url);

/** Takes a backend through both. */
export async function tryBackend(subject: Subject, setting: ChaosSetting): Promise<BackendResult> {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-chaos-'));
  try {
    await subject.backend.prepare?.(subject.place as never);
    const counter = await tryCounter(subject, setting, folder);
    const document = await tryDocument(subject, setting, folder);
    return { name: subject.backend.name, counter, document };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryCounter(
  subject: Subject,
  setting: ChaosSetting,
  folder: string,
): Promise<CounterResult> {
  const { backend, place } = subject;
  const planned = backend.additions[setting.quick ? 'quick' : 'full'];
  const ending = await work(subject, setting, { part: 'counter', total: planned, folder });
  const counter = await backend.openCounter(place as never);
  const sum = await counter.read(sharedName);
  await counter.close();
  const operations = new Set(ending.acknowledged).size;
  return { ...ending, operations, planned, sum };
}

async function tryDocument(
  subject: Subject,
  setting: ChaosSetting,
  folder: string,
): Promise<DocumentResult> {
  const { backend, place } = subject;
  const total = updates[setting.quick ? 'quick' : 'full'];
  const ending = await work(subject, setting, { part: 'document', total, folder });
  const documents = await backend.openDocuments(place as never);
  const journal = (await documents.read(sharedName))?.value;
  await documents.close();
  const known = new Set(ending.acknowledged);
  const unknown = ending.begun.filter((operation) => !known.has(operation));
  return { ...ending, unknown, n: journal?.n ?? 0, applied: journal?.applied ?? [] };
}

interface Work {
  readonly part: StateTask['part'];
  readonly total: number;
  readonly folder: string;
}

interface Ending extends Damage, Effort {
  readonly begun: readonly number[];
  readonly acknowledged: readonly number[];
}

/** Has a crew do its work, while it is killed and cut off. */
async function work(
  { backend, file, place }: Subject,
  { quick, random, output, signal }: ChaosSetting,
  { part, total, folder }: Work,
): Promise<Ending> {
  const measure = measureOf(part, quick);
  const { processes } = measure;
  const logs = Array.from({ length: processes }, (_, worker) => logsOf(folder, part, worker));
  const share = (worker: number) => Math.floor((total * worker) / processes);
  await using network = await networkTo(backend, place);
  const startedAt = systemClock.monotonic();
  await using crew = new Crew({
    size: processes,
    program: workerProgram,
    cacheFolder: join(folder, 'cache'),
    task: (worker): StateTask => ({
      backend: file,
      place: network === undefined ? place : { ...place, url: network.url },
      part,
      first: share(worker),
      count: share(worker + 1) - share(worker),
      inFlight: part === 'counter' ? backend.inFlight : updates.inFlight,
      ...(logs[worker] as (typeof logs)[number]),
    }),
    done: (worker) =>
      countLogged(logs[worker]?.[part === 'counter' ? 'acknowledged' : 'begun'] ?? ''),
  });
  const damage = (): Damage => ({
    kills: crew.kills,
    lostReplies: network?.lostReplies ?? null,
    outages: network?.outages ?? 0,
  });
  const progress = showProgress(`${backend.name}, ${part}`.padEnd(22), total, output);
  let longestPause: number;
  try {
    longestPause = await goThrough(crew, {
      mishaps: planMishaps(measure, random(`${backend.name} ${part}`), crew, network),
      total,
      onProgress: (done) => progress.show(done, inWords(damage())),
      signal,
    });
  } finally {
    progress.end();
  }
  return {
    ...damage(),
    longestPause: inSeconds(longestPause),
    processes,
    begun: logs.flatMap((log) => readLogged(log.begun)),
    acknowledged: logs.flatMap((log) => readLogged(log.acknowledged)),
    seconds: inSeconds(systemClock.monotonic() - startedAt),
  };
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
