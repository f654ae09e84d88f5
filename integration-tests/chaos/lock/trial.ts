/**
 * One backend through its ordeal: workers contend for locks and write what these guard, while some are paused,
 * some killed, and replies get lost.
 *
 * Invariant: the journals of all processes, the killed ones too, and what is there in the end make one history,
 * which is judged as a whole. Read next: pauses.ts, what happens; judge.ts.
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import { type Operation, recordHistory } from '@runafter/testkit';
import type { ChaosSetting } from '../harness/chaos.ts';
import { Crew } from '../harness/crew.ts';
import { FaultyNetwork } from '../harness/faulty-network.ts';
import { showProgress } from '../harness/progress.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { LockBackend } from './backend.ts';
import { clock, readJournals } from './journal.ts';
import { judge } from './judge.ts';
import { measureOf } from './measure.ts';
import type { ChaosOp, ChaosResult } from './operations.ts';
import { pauseAgainAndAgain } from './pauses.ts';
import type { LockResult } from './results.ts';
import { Roster } from './roster.ts';
import { type LockTask, laneName, type Report } from './task.ts';

/** Takes a backend through it. */
export async function tryLocks(
  subject: Subject<LockBackend>,
  setting: ChaosSetting,
): Promise<LockResult> {
  const { backend, place } = subject;
  const folder = mkdtempSync(join(tmpdir(), 'runafter-chaos-'));
  const startedAt = systemClock.monotonic();
  try {
    await backend.prepare?.(place as never);
    const journals = join(folder, 'journals');
    mkdirSync(journals);
    const damage = await workAndPause(subject, setting, folder, journals);
    const files = readdirSync(journals).map((name) => join(journals, name));
    const operations = [
      ...readJournals<ChaosOp, ChaosResult>(files),
      ...(await lookAtDocuments(subject, setting)),
    ];
    return {
      name: backend.name,
      note: backend.note,
      endsWithConnection: backend.endsWithConnection ?? false,
      planned: measureOf(backend, setting.quick).zombies,
      ...judge(operations, backend.endsWithConnection),
      ...damage,
      seconds: Math.round((systemClock.monotonic() - startedAt) / 100) / 10,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function workAndPause(
  { backend, file, place }: Subject<LockBackend>,
  { quick, random, output, signal }: ChaosSetting,
  folder: string,
  journals: string,
): Promise<Pick<LockResult, 'kills' | 'lostReplies'>> {
  const measure = measureOf(backend, quick);
  const { processes, keepers, others } = measure;
  const roster = new Roster();
  const dice = random(`${backend.name} lock`);
  const seed = String(dice());
  await using stack = new AsyncDisposableStack();
  const networks = (await networksTo(backend, place, processes)).map((one) => stack.use(one));
  const crew = stack.use(
    new Crew({
      size: processes,
      program: new URL('./worker.ts', import.meta.url),
      cacheFolder: join(folder, 'cache'),
      done: () => 0,
      task: (worker): LockTask => ({
        backend: file,
        place: { ...place, url: networks[worker]?.url },
        ...{ worker, keepers, seed, lanes: keepers + others, folder: journals },
      }),
      onMessage: (worker, report) => roster.hear(worker, report as Report),
    }),
  );
  const damage = () => ({
    kills: crew.kills,
    lostReplies: networks.length === 0 ? null : networks.reduce((n, one) => n + one.lostReplies, 0),
  });
  const progress = showProgress(`${backend.name}, zombies`.padEnd(22), measure.zombies, output);
  const onProgress = (zombies: number) => {
    const { kills, lostReplies } = damage();
    const lost = lostReplies === null ? '' : `, ${lostReplies} lost replies`;
    progress.show(Math.min(zombies, measure.zombies), ` · ${kills} kills${lost}`);
  };
  try {
    const tools = { backend, measure, crew, roster, networks, random: dice, onProgress, signal };
    await pauseAgainAndAgain(tools);
    return damage();
  } finally {
    progress.end();
  }
}

/** A network for each worker, so that the connections of one alone can be cut. */
async function networksTo(
  { isWrite }: LockBackend,
  place: { readonly url?: string },
  processes: number,
): Promise<FaultyNetwork[]> {
  const { url } = place;
  if (isWrite === undefined || url === undefined) return [];
  return await Promise.all(Array.from({ length: processes }, () => FaultyNetwork.to(url, isWrite)));
}

/** What is there when all workers have gone. */
async function lookAtDocuments(
  { backend, place }: Subject<LockBackend>,
  { quick }: ChaosSetting,
): Promise<readonly Operation<ChaosOp, ChaosResult>[]> {
  const { keepers, others } = measureOf(backend, quick);
  const history = recordHistory<ChaosOp, ChaosResult>({ clock });
  await using documents = await backend.openDocuments(place as never);
  for (let lane = 0; lane < keepers + others; lane++) {
    const key = laneName(lane);
    await history.record('last', { kind: 'read', key }, async () => {
      const document = await documents.read(key);
      return document?.value.written;
    });
  }
  return history.operations;
}
