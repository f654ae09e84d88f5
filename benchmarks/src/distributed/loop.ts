/**
 * A loop over the workers, next to as many plain jobs that are added in bulk: how quick, how much of Redis'
 * memory, and how many jobs are in the queues at once.
 *
 * Plain jobs are added as quickly as Redis takes them, and leave nothing behind. Ours come as the loop's window
 * lets them, and the end of each item is kept, so that the run can go on after a crash: that is what stays.
 * @module
 */
import { type Row, toRow } from '../harness/row.ts';
import type { Samples } from '../harness/statistics.ts';
import type { Study, StudyOptions } from '../harness/work.ts';
import type { OurTask } from './our-side.ts';
import { type Connection, redisMode, startOwnRedis } from './own-redis.ts';
import { RedisWatch, type Sighting } from './redis-watch.ts';
import { concurrency, startWorkers } from './workers.ts';

const processes = 2;

const peer = 'BullMQ, addBulk';

/** Lets so many items be worked on. */
type RunItems = (items: number) => Promise<void>;

type OpenItems = (connection: Connection, cleanup: AsyncDisposableStack) => Promise<RunItems>;

const ours: OpenItems = async (connection, cleanup) => {
  const { openDistribution, loop } = await import('./our-side.ts');
  const task: OurTask = { connection, store: { kind: 'redis' }, eager: true };
  const distribution = await openDistribution(task, cleanup);
  await startWorkers({ side: 'ours', ...task }, processes, cleanup);
  return async (items) => {
    const run = await distribution.start(loop, items);
    const result = await run.finished;
    if (result.status !== 'Succeeded' || result.outputs.Succeeded !== items) {
      throw new Error(`A loop of ${items} items has ended ${result.status}, or without some.`);
    }
  };
};

const theirs: OpenItems = async (connection, cleanup) => {
  const { Jobs } = await import('./bullmq-side.ts');
  const jobs = new Jobs(connection, cleanup);
  await startWorkers({ side: 'bullmq', connection }, processes, cleanup);
  return (items) => jobs.run(items);
};

/** What one pass over all items costs. */
interface Pass extends Sighting {
  /** Of one item, in microseconds. */
  readonly time: number;
}

const figures: readonly { figure: keyof Pass; title: string; unit: string }[] = [
  { figure: 'time', title: 'time', unit: 'µs/item' },
  { figure: 'peak', title: 'peak memory of Redis', unit: 'MB' },
  { figure: 'resting', title: 'memory of Redis that stays', unit: 'MB' },
  { figure: 'jobs', title: 'jobs in the queues at once', unit: 'jobs' },
];

export const loopWork: Study = {
  kind: 'study',
  name: 'forEach over 2 worker processes',
  async measure({ quick, show }) {
    const items = quick ? 5_000 : 100_000;
    const rounds = quick ? 1 : 2;
    const samples = await passes(items, rounds, show);
    const work = `forEach of ${items.toLocaleString('en-US')} items`;
    const rows: Row[] = figures.map(({ figure, title, unit }) =>
      toRow(
        { work: `${work}: ${title}`, peer, target: null, unit },
        {
          ours: samples.ours.map((pass) => pass[figure]),
          theirs: samples.theirs.map((pass) => pass[figure]),
        },
      ),
    );
    const text = `${redisMode}; ${processes} processes, ${concurrency} jobs at once in each; ${itemsPerSecond(samples)}`;
    return { text, rows };
  },
};

type Side = keyof Samples;

async function passes(
  items: number,
  rounds: number,
  show: StudyOptions['show'],
): Promise<Record<Side, Pass[]>> {
  await using cleanup = new AsyncDisposableStack();
  const connection = await startOwnRedis(cleanup);
  const run = {
    ours: await ours(connection, cleanup),
    theirs: await theirs(connection, cleanup),
  };
  const watch = new RedisWatch(connection, cleanup);
  for (const side of order) await run[side](1_000);
  const samples: Record<Side, Pass[]> = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      show(`${side}, round ${round + 1} of ${rounds}`);
      samples[side].push(await onePass(() => run[side](items), items, watch));
    }
  }
  return samples;
}

const order: readonly Side[] = ['ours', 'theirs'];

async function onePass(run: () => Promise<void>, items: number, watch: RedisWatch): Promise<Pass> {
  let time = 0;
  const sighting = await watch.during(async () => {
    const start = performance.now();
    await run();
    time = ((performance.now() - start) / items) * 1e3;
  });
  return { time, ...sighting };
}

function itemsPerSecond({ ours, theirs }: Record<Side, readonly Pass[]>): string {
  const rate = (passes: readonly Pass[]) =>
    passes.map(({ time }) => Math.round(1e6 / time).toLocaleString('en-US')).join(' and ');
  return `items a second: ours ${rate(ours)}, theirs ${rate(theirs)}`;
}
