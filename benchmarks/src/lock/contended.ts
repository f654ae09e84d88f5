/**
 * Eight clients that want the same Redis lock, again and again: as clients of one process, and as processes.
 *
 * Invariant: in each critical section a number in Redis is read and then written, one larger. When a work is
 * done, the number is the count of the sections, or the benchmark fails: nobody is faster by letting two in.
 *
 * What the clients do between two sections decides much. Who comes back at once takes a lock without a queue
 * before anybody else asks for it, and so keeps it: fast, while the others wait. Ours goes to who has waited
 * longest. Who has something else to do first leaves such a lock to nobody until the next one asks.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { startTeam } from '../harness/team.ts';
import type { Side, Target, Work } from '../harness/work.ts';
import { connect, keyOf, redisLocks, redisSemaphoreMutex, redlock } from './backends/redis.ts';
import type { OpenContender } from './contender.ts';

const clients = 8;

/** How a client spends its time. */
export interface Habit {
  /** How many critical sections. */
  readonly each: number;
  /** What it does after each of them takes so long, in milliseconds. */
  readonly pause: number;
}

/** Who may be told to contend, by the name that a process is told. */
const contestants: Readonly<Record<string, OpenContender>> = {
  ours: redisLocks,
  [redlock.title]: redlock.open,
  [redisSemaphoreMutex.title]: redisSemaphoreMutex.open,
};

/** What a process of the team is told. */
export interface ContenderTask {
  readonly contestant: string;
  readonly name: string;
  readonly habit: Habit;
}

/** Opens a client; it enters its sections with each call, and gives their number. */
export async function openClient(
  { contestant, name, habit }: ContenderTask,
  cleanup: AsyncDisposableStack,
): Promise<() => Promise<number>> {
  const open = contestants[contestant];
  if (open === undefined) throw new Error(`Nobody is called ${contestant}.`);
  const acquire = await open(name, cleanup);
  const redis = await connect(cleanup);
  const number = keyOf(`${name}:number`);
  return async () => {
    for (let section = 0; section < habit.each; section++) {
      const release = await acquire();
      await redis.set(number, Number(await redis.get(number)) + 1);
      await release();
      if (habit.pause > 0) await setTimeout(habit.pause);
    }
    return habit.each;
  };
}

function contending(
  contestant: string,
  habit: Habit,
  openAll: (task: ContenderTask, cleanup: AsyncDisposableStack) => Promise<() => Promise<number[]>>,
): Side {
  const units = clients * habit.each;
  return {
    units,
    expected: units,
    async prepare(cleanup) {
      const name = randomUUID();
      let entered = 0;
      const redis = await connect(cleanup);
      cleanup.defer(async () => {
        const number = Number(await redis.get(keyOf(`${name}:number`)));
        if (number !== entered) throw new Error(`${entered} sections have counted to ${number}.`);
      });
      const enterAll = await openAll({ contestant, name, habit }, cleanup);
      return async () => {
        const sections = (await enterAll()).reduce((sum, each) => sum + each);
        entered += sections;
        return sections;
      };
    },
  };
}

async function inOneProcess(task: ContenderTask, cleanup: AsyncDisposableStack) {
  const opened = Array.from({ length: clients }, () => openClient(task, cleanup));
  const enter = await Promise.all(opened);
  return () => Promise.all(enter.map((sections) => sections()));
}

function asProcesses(task: ContenderTask, cleanup: AsyncDisposableStack) {
  const module = new URL('contender-process.ts', import.meta.url);
  return startTeam(module, Array(clients).fill(task), cleanup);
}

function contest(
  title: string,
  habit: Habit & Target,
  openAll: Parameters<typeof contending>[2],
): Work {
  const { target } = habit;
  return {
    kind: 'duel',
    name: `Redis lock, ${clients} ${title}`,
    unit: 'µs/section',
    needs: 'redis',
    ours: contending('ours', habit, openAll),
    peers: {
      [redlock.title]: {
        ...contending(redlock.title, habit, openAll),
        ...(target !== undefined && { target }),
      },
      [redisSemaphoreMutex.title]: contending(redisSemaphoreMutex.title, habit, openAll),
    },
  };
}

const atOnce: Habit = { each: 20, pause: 0 };
const withOtherWork: Habit & Target = { each: 20, pause: 1, target: 0.67 };

export const contendedWorks: readonly Work[] = [
  contest('clients, 1 ms of other work', withOtherWork, inOneProcess),
  { ...contest('clients, back at once', atOnce, inOneProcess), long: true },
  { ...contest('processes, 1 ms of other work', withOtherWork, asProcesses), long: true },
  { ...contest('processes, back at once', atOnce, asProcesses), long: true },
];
