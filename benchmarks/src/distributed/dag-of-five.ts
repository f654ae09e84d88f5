/**
 * A DAG of five over worker processes, next to FlowProducer's tree of five.
 *
 * The tree does less: nothing of a run is kept, no attempt is fenced, and values are not handed over unless a
 * job reads them, which is a row of its own. Ours calls what it can where the run is scheduled, so most actions
 * need no job; what they cost when all of them go through the queue is a row of its own as well.
 * @module
 */
import type { Row } from '../harness/row.ts';
import type { Side, Study, Work } from '../harness/work.ts';
import type { HandlerName } from './bullmq-side.ts';
import { dagDuel, type Extent, oursOn, runsOf, type Until } from './dag-duel.ts';
import { type Connection, redisMode, startOwnRedis } from './own-redis.ts';
import { concurrency, startWorkers } from './workers.ts';

/** One row: what is waited for, how our actions are called, what the jobs of the tree do, the most that ours may cost. */
interface Pairing {
  readonly until: Until;
  readonly eager: boolean;
  readonly handler: HandlerName;
  readonly target: number | null;
}

const trees: Readonly<Record<HandlerName, string>> = {
  Add: 'FlowProducer, tree of five',
  Add_Values: 'FlowProducer, values are read',
};

/** As both are when nothing is said. */
const usual: Pairing = { until: 'ended', eager: true, handler: 'Add', target: 1.25 };

/** What the usual one leaves out, on either side. */
const others: readonly Pairing[] = [
  { ...usual, handler: 'Add_Values', target: null },
  { ...usual, until: 'finished', target: null },
  { ...usual, eager: false, target: null },
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

function overProcesses(processes: number, pairings: readonly Pairing[]): Study {
  const name = `DAG of five, ${processes} worker ${processes === 1 ? 'process' : 'processes'}`;
  return {
    kind: 'study',
    name,
    async measure(options) {
      const extent: Extent = { runs: runsOf(options), processes };
      const rows: Row[] = [];
      for (const { until, eager, handler, target } of options.quick
        ? pairings.slice(0, 1)
        : pairings) {
        await using cleanup = new AsyncDisposableStack();
        const connection = await startOwnRedis(cleanup);
        const ours = oursOn({ connection, store: { kind: 'redis' }, eager }, extent, until);
        const theirs = flows(connection, handler, extent);
        const facts = [
          `${name}, ${extent.runs.toLocaleString('en-US')} runs`,
          ...(until === 'finished' ? ['all records are read'] : []),
          ...(eager ? [] : ['all actions through the queue']),
        ];
        const work = facts.join(', ');
        rows.push(await dagDuel({ work, peer: trees[handler], target }, ours, theirs, options));
      }
      const text = `${redisMode}; ${concurrency} jobs at once in each process, beside the one that starts runs`;
      return { text, rows };
    },
  };
}

export const dagWorks: readonly Work[] = [
  overProcesses(2, [usual, ...others]),
  { ...overProcesses(1, [usual]), long: true },
  { ...overProcesses(4, [usual]), long: true },
];
