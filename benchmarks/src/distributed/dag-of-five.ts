/**
 * A DAG of five over worker processes, next to FlowProducer's tree of five.
 *
 * The tree does less: nothing of a run is kept, no attempt is fenced, and values are not handed over unless a
 * job reads them, which is a row of its own.
 * @module
 */
import type { Row } from '../harness/row.ts';
import type { Side, Study, Work } from '../harness/work.ts';
import type { HandlerName } from './bullmq-side.ts';
import { dagDuel, type Extent, oursOn, runsOf } from './dag-duel.ts';
import { type Connection, redisMode, startOwnRedis } from './own-redis.ts';
import { concurrency, startWorkers } from './workers.ts';

/** By what their jobs do, and the most that ours may cost next to that. */
const peers: readonly { peer: string; handler: HandlerName; target: number | null }[] = [
  { peer: 'FlowProducer, tree of five', handler: 'Add', target: 1.25 },
  { peer: 'the same, values are read', handler: 'Add_Values', target: null },
];

function flows(connection: Connection, handler: HandlerName, { runs, processes }: Extent): Side {
  return {
    units: runs,
    expected: runs,
    async prepare(cleanup) {
      const { Flows, treeOfFive } = await import('./bullmq-side.ts');
      const flows = new Flows(connection, cleanup);
      await startWorkers({ side: 'bullmq', connection }, processes, cleanup);
      const trees = Array.from({ length: runs }, () => treeOfFive(handler));
      return async () => (await flows.run(trees)).length;
    },
  };
}

function overProcesses(processes: number): Study {
  const name = `DAG of five, ${processes} worker ${processes === 1 ? 'process' : 'processes'}`;
  return {
    kind: 'study',
    name,
    async measure(options) {
      const extent: Extent = { runs: runsOf(options), processes };
      const work = `${name}, ${extent.runs.toLocaleString('en-US')} runs`;
      const rows: Row[] = [];
      for (const { peer, handler, target } of peers) {
        await using cleanup = new AsyncDisposableStack();
        const connection = await startOwnRedis(cleanup);
        const ours = oursOn(connection, { kind: 'redis' }, extent);
        const theirs = flows(connection, handler, extent);
        rows.push(await dagDuel({ work, peer, target }, ours, theirs, options));
      }
      const text = `${redisMode}; ${concurrency} jobs at once in each process, beside the one that starts runs`;
      return { text, rows };
    },
  };
}

export const dagWorks: readonly Work[] = [
  overProcesses(2),
  { ...overProcesses(1), long: true },
  { ...overProcesses(4), long: true },
];
