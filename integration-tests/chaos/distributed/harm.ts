/**
 * What is done to workers, to their networks, and to Redis.
 * @module
 */
import { type Random, systemClock } from '@runafter/clock';
import type { Crew } from '../harness/crew.ts';
import type { FaultyNetwork } from '../harness/faulty-network.ts';
import { killAny, type Mishap, scatter } from '../harness/mishaps.ts';
import type { ChaosSize } from './backend.ts';
import type { QueueServer } from './queue-server.ts';

/** Milliseconds between two kills, and between two tries when too few are ready for work. */
const killInterval = 1_000;
const killAgain = 20;

/**
 * Kills a worker every second. One of them always stays: on a slow machine nothing would ever be done otherwise.
 *
 * @param peace - aborting it ends the killing.
 */
export async function killEverySecond(
  crew: Crew,
  random: Random,
  peace: AbortSignal,
): Promise<void> {
  while (!peace.aborted) {
    const isKilled = crew.busy.length > 1 && killAny(crew, random);
    const wait = isKilled ? killInterval : killAgain;
    await systemClock.sleep(wait, { signal: peace }).catch(() => {});
  }
}

/** What else goes wrong, at random moments of the work; the restart of Redis somewhere in the middle. */
export function planMishaps(
  { cuts, lostReplies }: ChaosSize,
  random: Random,
  networks: readonly FaultyNetwork[],
  server: QueueServer,
): Mishap[] {
  const any = () => networks[Math.floor(random() * networks.length)] as FaultyNetwork;
  const half = Math.ceil(cuts / 2);
  return [
    ...scatter(cuts, random, () => any().breakDown()),
    ...scatter(half, random, () => any().slowDown()),
    ...scatter(half, random, () => any().swallow(random() < 0.5 ? 'toServer' : 'toClient')),
    ...scatter(lostReplies, random, () => any().loseReply()),
    { at: 0.3 + 0.4 * random(), strike: () => server.restart() },
  ];
}
