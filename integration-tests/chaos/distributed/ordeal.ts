/**
 * What happens to the workers of a store: one is killed every second, their connections are cut, replies get lost,
 * and Redis is killed and comes back. Then they are left in peace, and told to close.
 *
 * Read next: campaign.ts, what they have to do; harm.ts, what is done to them; workforce.ts.
 * @module
 */
import { join } from 'node:path';
import { type Random, systemClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { Redis } from 'ioredis';
import type { ChaosSetting } from '../harness/chaos.ts';
import { goThrough } from '../harness/mishaps.ts';
import { showProgress } from '../harness/progress.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { ChaosSize, DistributedBackend } from './backend.ts';
import { Campaign, patience } from './campaign.ts';
import { killEverySecond, planMishaps } from './harm.ts';
import { leftInQueues } from './left-in-queues.ts';
import type { PlannedRun } from './planned-run.ts';
import type { QueueServer } from './queue-server.ts';
import type { Damage } from './results.ts';
import { readWorkLog, type WorkEntry } from './work-log.ts';
import { Workforce } from './workforce.ts';

/** Milliseconds for jobs whose runs have ended to go away. */
const timeToEmpty = 20_000;

/** What they have to do, and where. */
export interface Scene {
  readonly subject: Subject<DistributedBackend>;
  readonly setting: ChaosSetting;
  readonly size: ChaosSize;
  readonly runs: readonly PlannedRun[];
  readonly seed: string;
  readonly random: Random;
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
  const { subject, runs, server, folder } = scene;
  const workLog = join(folder, 'work');
  await using workforce = await Workforce.start({
    ...{ subject, workLog, queues: server.url, cacheFolder: join(folder, 'cache') },
    plans: [...new Set(runs.map(({ plan }) => plan))],
    hear: (worker, report) => campaign.hear(worker, report),
  });
  const { crew, networks } = workforce;
  const campaign = new Campaign({ ...scene, crew, signal: scene.setting.signal });
  const damage = (): Damage => ({
    kills: crew.kills,
    cuts: networks.reduce((sum, one) => sum + one.outages, 0),
    lostReplies: networks.reduce((sum, one) => sum + one.lostReplies, 0),
    restarts: server.restarts,
  });
  const longestPause = await suffer(scene, workforce, campaign, damage);
  await server.untilUp();
  const suffered = damage();
  const { begun, complaints } = campaign;
  await untilQueuesAreEmpty(server);
  const isClosed = await workforce.close();
  return {
    ...{ ...suffered, begun, longestPause: Math.round(longestPause / 100) / 10 },
    entries: readWorkLog(workLog),
    leftInQueues: await lookIntoQueues(server),
    complaints: isClosed ? complaints : [...complaints, 'a worker did not close.'],
  };
}

/** @returns for how many milliseconds no run ended at most. */
async function suffer(
  { subject, setting, size, runs, random, server }: Scene,
  { crew, networks }: Workforce,
  campaign: Campaign,
  damage: () => Damage,
): Promise<number> {
  const label = `${subject.backend.name}, runs`.padEnd(16);
  const progress = showProgress(label, runs.length, setting.output);
  const peace = new AbortController();
  const killing = killEverySecond(crew, random, peace.signal);
  const work = {
    finished: Promise.race([campaign.finished, crew.finished]),
    get done() {
      return campaign.done;
    },
  };
  try {
    return await goThrough(work, {
      mishaps: planMishaps(size, random, networks, server),
      total: runs.length,
      onProgress: (done) => {
        progress.show(done, inWords(damage()));
        if (campaign.isDamaged) peace.abort();
      },
      signal: setting.signal,
      // The campaign gives up first, and says what is left.
      patience: 2 * patience,
    });
  } finally {
    peace.abort();
    await killing;
    progress.end();
  }
}

/** Jobs that are delivered once more find that there is nothing to do, and go away. */
async function untilQueuesAreEmpty(server: QueueServer): Promise<void> {
  const until = systemClock.monotonic() + timeToEmpty;
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

function inWords({ kills, cuts, lostReplies, restarts }: Damage): string {
  return ` · ${kills} kills, ${cuts} cuts, ${lostReplies} lost replies, ${restarts} restarts`;
}
