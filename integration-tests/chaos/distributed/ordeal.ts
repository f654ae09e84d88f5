/**
 * What happens to a crew of workers: one of them is killed every second, their connections are cut, replies get
 * lost, and Redis is killed and comes back. Then they are left in peace, and told to close.
 *
 * Read next: campaign.ts, what they have to do; worker.ts.
 * @module
 */
import { join } from 'node:path';
import { type Random, systemClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { Redis } from 'ioredis';
import type { ChaosSetting } from '../harness/chaos.ts';
import { Crew } from '../harness/crew.ts';
import type { FaultyNetwork } from '../harness/faulty-network.ts';
import { goThrough, killAny, type Mishap, scatter } from '../harness/mishaps.ts';
import { showProgress } from '../harness/progress.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { ChaosSize, DistributedBackend } from './backend.ts';
import { Campaign, patience } from './campaign.ts';
import { leftInQueues } from './left-in-queues.ts';
import { type Links, linksTo } from './links.ts';
import type { PlannedRun } from './planned-run.ts';
import type { QueueServer } from './queue-server.ts';
import type { Damage } from './results.ts';
import type { DistributedTask, Order, Report } from './task.ts';
import { readWorkLog, type WorkEntry } from './work-log.ts';

const processes = 4;
/** Milliseconds between two kills, and between two tries when too few are at work. */
const killInterval = 1_000;
const killAgain = 20;
/** Milliseconds for jobs whose runs have ended to go away, and for workers that are told to close. */
const timeToEnd = 20_000;

/** What they have to do, and where. */
export interface Scene {
  readonly subject: Subject<DistributedBackend>;
  readonly setting: ChaosSetting;
  readonly size: ChaosSize;
  readonly runs: readonly PlannedRun[];
  readonly seed: string;
  readonly dice: Random;
  readonly server: QueueServer;
  /** Past all faulty networks. */
  readonly store: RunStore;
  readonly folder: string;
}

/** What there is to judge. */
export interface OrdealEnd extends Damage {
  /** How many runs a worker was told to begin, the first ones. */
  readonly begun: number;
  readonly entries: readonly WorkEntry[];
  readonly leftInQueues: readonly string[];
  /** What went wrong with the workers, as sentences. */
  readonly complaints: readonly string[];
  /** For how long no run ended at most, in seconds. */
  readonly longestPause: number;
}

export async function workAndSuffer(scene: Scene): Promise<OrdealEnd> {
  const { subject, setting, size, runs, seed, dice, server, store, folder } = scene;
  const { signal, output } = setting;
  const workLog = join(folder, 'work');
  await using stack = new AsyncDisposableStack();
  const links: Links[] = [];
  for (let worker = 0; worker < processes; worker++) {
    links.push(stack.use(await linksTo(subject, server.url)));
  }
  const networks = links.flatMap((one) => one.networks);
  const lives = Array.from({ length: processes }, () => 0);
  const crew = stack.use(
    new Crew({
      size: processes,
      program: new URL('./worker.ts', import.meta.url),
      cacheFolder: join(folder, 'cache'),
      done: (worker) => lives[worker] ?? 0,
      task: (worker): DistributedTask => ({
        ...{ backend: subject.file, place: {}, queues: '', workLog, ...links[worker]?.addresses },
        eager: worker % 2 === 0,
        plans: [...new Set(runs.map(({ plan }) => plan))],
      }),
      onMessage: (worker, message) => {
        const report = message as Report;
        if (report.kind === 'ready') lives[worker] = (lives[worker] ?? 0) + 1;
        if (isClosing) crew.tell(worker, { kind: 'end' } satisfies Order);
        else campaign.hear(worker, report);
      },
    }),
  );
  let isClosing = false;
  const campaign = new Campaign({ runs, size, crew, store, seed, random: dice, signal });
  const damage = (): Damage => ({
    kills: crew.kills,
    cuts: networks.reduce((sum, one) => sum + one.outages, 0),
    lostReplies: networks.reduce((sum, one) => sum + one.lostReplies, 0),
    restarts: server.restarts,
  });
  const progress = showProgress(`${subject.backend.name}, runs`.padEnd(16), runs.length, output);
  const peace = new AbortController();
  const killing = killEverySecond(crew, dice, peace.signal, () => campaign.isDamaged);
  try {
    const isOver = Promise.race([campaign.finished, crew.finished]);
    const work = {
      finished: isOver,
      get done() {
        return campaign.done;
      },
    };
    const longestPause = await goThrough(work, {
      mishaps: planMishaps(size, dice, networks, server),
      total: runs.length,
      onProgress: (done) => progress.show(done, inWords(damage())),
      signal,
      // The campaign gives up first, and says what is left.
      patience: 2 * patience,
    });
    peace.abort();
    await killing;
    await server.untilUp();
    const suffered = damage();
    const complaints = campaign.complaints;
    await untilQueuesAreEmpty(server);
    isClosing = true;
    for (const worker of lives.keys()) crew.tell(worker, { kind: 'end' } satisfies Order);
    if (!(await endsInTime(crew.finished)))
      complaints.push(`A worker did not close within ${timeToEnd / 1_000} s.`);
    return {
      ...suffered,
      begun: campaign.begun,
      entries: readWorkLog(workLog),
      leftInQueues: await lookIntoQueues(server),
      complaints,
      longestPause: Math.round(longestPause / 100) / 10,
    };
  } finally {
    peace.abort();
    progress.end();
  }
}

/** One of them always stays: on a slow machine nothing would ever be done otherwise. */
async function killEverySecond(
  crew: Crew,
  dice: Random,
  peace: AbortSignal,
  isEnough: () => boolean,
): Promise<void> {
  while (!peace.aborted && !isEnough()) {
    const isKilled = crew.busy.length > 1 && killAny(crew, dice);
    const wait = isKilled ? killInterval : killAgain;
    await systemClock.sleep(wait, { signal: peace }).catch(() => {});
  }
}

function planMishaps(
  { cuts, lostReplies }: ChaosSize,
  dice: Random,
  networks: readonly FaultyNetwork[],
  server: QueueServer,
): Mishap[] {
  const any = () => networks[Math.floor(dice() * networks.length)] as FaultyNetwork;
  const half = Math.ceil(cuts / 2);
  return [
    ...scatter(cuts, dice, () => any().breakDown()),
    ...scatter(half, dice, () => any().slowDown()),
    ...scatter(half, dice, () => any().swallow(dice() < 0.5 ? 'toServer' : 'toClient')),
    ...scatter(lostReplies, dice, () => any().loseReply()),
    { at: 0.3 + 0.4 * dice(), strike: () => server.restart() },
  ];
}

/** Jobs that are delivered once more find that there is nothing to do, and go away. */
async function untilQueuesAreEmpty(server: QueueServer): Promise<void> {
  const until = systemClock.monotonic() + timeToEnd;
  while (systemClock.monotonic() < until) {
    if ((await lookIntoQueues(server)).length === 0) return;
    await systemClock.sleep(100);
  }
}

async function lookIntoQueues(server: QueueServer): Promise<string[]> {
  const redis = new Redis(server.url);
  try {
    return await leftInQueues(redis);
  } finally {
    redis.disconnect();
  }
}

async function endsInTime(finished: Promise<void>): Promise<boolean> {
  const enough = new AbortController();
  const ended = finished.then(() => true);
  const tooLate = systemClock.sleep(timeToEnd, { signal: enough.signal }).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([ended, tooLate]);
  } finally {
    enough.abort();
  }
}

function inWords({ kills, cuts, lostReplies, restarts }: Damage): string {
  return ` · ${kills} kills, ${cuts} cuts, ${lostReplies} lost replies, ${restarts} restarts`;
}
