/**
 * One backend through its ordeal: workers claim from pools and write what the resources guard, while some are paused,
 * some killed, replies get lost, and resources come and go.
 *
 * Invariant: the journals of all processes, the killed ones too, and what is there in the end make one history,
 * which is judged as a whole. Read next: rounds.ts, what happens; judge.ts.
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import type { ChaosSetting } from '../harness/chaos.ts';
import { Crew } from '../harness/crew.ts';
import { FaultyNetwork } from '../harness/faulty-network.ts';
import { showProgress } from '../harness/progress.ts';
import type { Subject } from '../harness/try-backends.ts';
import { readJournals } from '../lock/journal.ts';
import type { ClaimBackend } from './backend.ts';
import { judge } from './judge.ts';
import { type LastEntry, leaksIn } from './last-look.ts';
import { type ChaosOp, type ChaosResult, separate } from './operations.ts';
import type { ClaimResult } from './results.ts';
import { Rounds } from './rounds.ts';
import { Stock } from './stock.ts';
import type { ClaimTask, Report } from './task.ts';

const processes = 4;
/** How often a worker is overtaken by others while it is paused. */
const pauses = { full: 25, quick: 2 };
/** Leases end within so many of their times after their holder has gone, where somebody has to watch them for it. */
const timesToEnd = 4;

/** Takes a backend through it. */
export async function tryPools(
  subject: Subject<ClaimBackend>,
  setting: ChaosSetting,
): Promise<ClaimResult> {
  const { backend, place } = subject;
  const folder = mkdtempSync(join(tmpdir(), 'runafter-chaos-'));
  const startedAt = systemClock.monotonic();
  try {
    await backend.prepare?.(place as never);
    const journals = join(folder, 'journals');
    mkdirSync(journals);
    await using store = await backend.openPools(place as never);
    const dice = setting.random(`${backend.name} claim`);
    await using stock = new Stock(store, backend.pools);
    await stock.fill();
    const damage = await workAndSuffer(subject, setting, { folder, journals, stock, dice });
    const entries = await lastEntries(stock, backend.ttl);
    const files = readdirSync(journals).map((name) => join(journals, name));
    const operations = [...readJournals<ChaosOp, ChaosResult>(files), ...stock.history.operations];
    return {
      name: backend.name,
      note: backend.note,
      ...judge(operations),
      leaks: leaksIn(entries, backend.pools, separate(operations).claiming),
      ...damage,
      seconds: Math.round((systemClock.monotonic() - startedAt) / 100) / 10,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the workers are given besides the backend. */
interface Ordeal {
  readonly folder: string;
  readonly journals: string;
  readonly stock: Stock;
  readonly dice: () => number;
}

async function workAndSuffer(
  { backend, file, place }: Subject<ClaimBackend>,
  { quick, output, signal }: ChaosSetting,
  { folder, journals, stock, dice }: Ordeal,
): Promise<Pick<ClaimResult, 'kills' | 'lostReplies'>> {
  const seed = String(dice());
  await using stack = new AsyncDisposableStack();
  const networks = (await networksTo(backend, place)).map((one) => stack.use(one));
  const crew = stack.use(
    new Crew({
      size: processes,
      program: new URL('./worker.ts', import.meta.url),
      cacheFolder: join(folder, 'cache'),
      done: () => 0,
      task: (worker): ClaimTask => ({
        backend: file,
        place: { ...place, url: networks[worker]?.url },
        ...{ worker, seed, folder: journals },
      }),
      onMessage: (worker, report) => work.hear(worker, report as Report),
    }),
  );
  const damage = () => ({
    kills: crew.kills,
    lostReplies: networks.length === 0 ? null : networks.reduce((n, one) => n + one.lostReplies, 0),
  });
  const planned = pauses[quick ? 'quick' : 'full'];
  const progress = showProgress(`${backend.name}, pauses`.padEnd(22), planned, output);
  const onProgress = (done: number) => {
    const { kills, lostReplies } = damage();
    const lost = lostReplies === null ? '' : `, ${lostReplies} lost replies`;
    progress.show(done, ` · ${kills} kills${lost}`);
  };
  const tools = { backend, crew, size: processes, networks, stock, onProgress, signal };
  const work = new Rounds({ ...tools, random: dice });
  try {
    await work.go(planned);
    return damage();
  } finally {
    progress.end();
  }
}

/** A network for each worker, so that the connections of one alone can be cut. */
async function networksTo(
  { isWrite }: ClaimBackend,
  { url }: { readonly url?: string },
): Promise<FaultyNetwork[]> {
  if (isWrite === undefined || url === undefined) return [];
  return await Promise.all(Array.from({ length: processes }, () => FaultyNetwork.to(url, isWrite)));
}

/** What is there when the leases of those that were killed have ended too. */
async function lastEntries(stock: Stock, ttl: number): Promise<readonly LastEntry[]> {
  const until = systemClock.monotonic() + timesToEnd * ttl;
  for (;;) {
    const entries = await stock.inspect();
    const isLeased = entries.some(({ claim }) => claim?.mode === 'lease');
    if (!isLeased || systemClock.monotonic() > until) return entries;
    await systemClock.sleep(ttl / 20);
  }
}
