/**
 * The DAG of five with its runs in SQLite or PostgreSQL, next to the store on Redis. BullMQ's queues are on Redis
 * each time.
 *
 * PostgreSQL is the tests' server: started here, it forces nothing to the disk. SQLite is a file for all processes
 * of this machine. A store in memory is one process's own, so it is not among them.
 * @module
 */
import { placeIn } from '../harness/bench-places.ts';
import { scratchFile } from '../harness/scratch-folder.ts';
import type { Study, Work } from '../harness/work.ts';
import { dagDuel, type Extent, oursOn, runsOf } from './dag-duel.ts';
import { redisMode, startOwnRedis } from './own-redis.ts';
import type { StoreChoice } from './run-stores.ts';

const processes = 2;

const peer = 'Redis as the store';

function runsIn(title: string, makeStore: () => Promise<StoreChoice>): Study {
  return {
    kind: 'study',
    name: `DAG of five, runs in ${title}`,
    async measure(options) {
      await using cleanup = new AsyncDisposableStack();
      const connection = await startOwnRedis(cleanup);
      const extent: Extent = { runs: runsOf(options) / 2, processes };
      const ours = oursOn({ connection, store: await makeStore(), eager: true }, extent, 'ended');
      const theirs = oursOn({ connection, store: { kind: 'redis' }, eager: true }, extent, 'ended');
      const work = `${this.name}, ${extent.runs.toLocaleString('en-US')} runs`;
      const row = await dagDuel({ work, peer, target: null }, ours, theirs, options);
      return { text: `${redisMode}; ${processes} worker processes`, rows: [row] };
    },
  };
}

export const storeWorks: readonly Work[] = [
  {
    ...runsIn('SQLite, normal', async () => ({
      kind: 'sqlite',
      file: scratchFile('distributed.db'),
    })),
    long: true,
  },
  {
    ...runsIn('PostgreSQL', async () => {
      const { url } = placeIn('postgres');
      const { migrate } = await import('@runafter/postgres');
      const { Pool } = await import('pg');
      const pool = new Pool({ connectionString: url });
      await migrate(pool);
      await pool.end();
      return { kind: 'postgres', url };
    }),
    needs: 'postgres',
    long: true,
  },
];
