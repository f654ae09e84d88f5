/**
 * How many requests it takes until each of twenty callers has had a blob's lock: counted, not timed.
 *
 * All want it at the same time, and each keeps it for a while. A blob tells nobody of a release, so every
 * waiter has to ask; but one who stands in line within its process need not. Requests are counted as in
 * `state/contended-blob.ts`: by Node, with all that the clients do, also to release, and to keep the token.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout } from 'node:timers/promises';
import { startTeam } from '../harness/team.ts';
import type { Measure, Work } from '../harness/work.ts';
import { blobLocks, polledEverySecond, polling } from './backends/blob.ts';
import type { OpenContender } from './contender.ts';

const callers = 20;

/** How long each of them keeps the lock, in milliseconds. */
const held = 500;

/** What people let pass between two attempts when requests cost money. */
const polledSlowly = polling('polled every 2–5 s', { min: 2_000, max: 5_000 });

const contestants: Readonly<Record<string, OpenContender>> = {
  ours: blobLocks,
  [polledEverySecond.title]: polledEverySecond.open,
  [polledSlowly.title]: polledSlowly.open,
};

/** What a process of the crowd is told. */
export interface CrowdTask {
  readonly contestant: string;
  readonly name: string;
  readonly callers: number;
}

/** Opens one client with several callers. They get the lock one after the other, and it gives the number of requests. */
export async function openCrowd(
  { contestant, name, callers }: CrowdTask,
  cleanup: AsyncDisposableStack,
): Promise<() => Promise<number>> {
  const open = contestants[contestant];
  if (open === undefined) throw new Error(`Nobody is called ${contestant}.`);
  const acquire = await open(name, cleanup);
  let requests = 0;
  subscribe('http.client.request.start', () => requests++);
  const haveIt = async () => {
    const release = await acquire();
    await setTimeout(held);
    await release();
  };
  return async () => {
    await Promise.all(Array.from({ length: callers }, haveIt));
    return requests;
  };
}

function requestsPerAcquisition(contestant: string, processes: number): Measure {
  return async () => {
    await using cleanup = new AsyncDisposableStack();
    const task: CrowdTask = { contestant, name: randomUUID(), callers: callers / processes };
    const module = new URL('crowd-process.ts', import.meta.url);
    const begin = await startTeam(module, Array(processes).fill(task), cleanup);
    const requests = (await begin()).reduce((sum, each) => sum + each);
    return requests / callers;
  };
}

function crowd(where: string, processes: number): Work {
  return {
    kind: 'probe',
    name: `blob lock, ${callers} callers ${where}`,
    unit: 'requests/acquisition',
    needs: 'azurite',
    once: true,
    long: true,
    ours: requestsPerAcquisition('ours', processes),
    peers: {
      [polledEverySecond.title]: {
        measure: requestsPerAcquisition(polledEverySecond.title, processes),
      },
      [polledSlowly.title]: { measure: requestsPerAcquisition(polledSlowly.title, processes) },
    },
  };
}

export const blobCrowdWorks: readonly Work[] = [
  crowd('in 1 process', 1),
  crowd('in 4 processes', 4),
];
