/**
 * How long it takes from the end of an action until the handler of the next one is called, in whichever process,
 * next to FlowProducer's jobs: with one run at a time, and at half of what the slower side can do.
 *
 * Ours is called with what the action before has returned. FlowProducer's has been called when it asks for that,
 * and only the call counts.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { toWaitRows } from '../harness/row.ts';
import { measureWaits } from '../harness/waits.ts';
import type { Study, WaitingSide, Work } from '../harness/work.ts';
import type { OurTask } from './our-side.ts';
import { type Connection, redisMode, startOwnRedis } from './own-redis.ts';
import { chainLength, type Trace } from './trace.ts';
import { concurrency, startWorkers } from './workers.ts';

const processes = 2;

/** Runs one chain, and gives its hops. */
type RunChain = () => Promise<readonly number[]>;

type OpenChain = (connection: Connection, cleanup: AsyncDisposableStack) => Promise<RunChain>;

function ours(eager: boolean): OpenChain {
  return async (connection, cleanup) => {
    const { openDistribution, chain } = await import('./our-side.ts');
    const task: OurTask = { connection, store: { kind: 'redis' }, eager };
    const distribution = await openDistribution(task, cleanup);
    await startWorkers({ side: 'ours', ...task }, processes, cleanup);
    return async () => {
      const run = await distribution.start(chain, chainLength);
      const result = await run.finished;
      return hopsOf(result.status === 'Succeeded' ? result.outputs : undefined);
    };
  };
}

const theirs: OpenChain = async (connection, cleanup) => {
  const { Flows, chain } = await import('./bullmq-side.ts');
  const flows = new Flows(connection, cleanup);
  await startWorkers({ side: 'bullmq', connection }, processes, cleanup);
  const tree = chain();
  return async () => {
    const [trace] = await flows.run([tree]);
    return hopsOf(trace as Trace);
  };
};

function hopsOf(trace: Trace | undefined): readonly number[] {
  if (trace?.hops.length === chainLength - 1) return trace.hops;
  throw new Error(`A chain has ended with ${JSON.stringify(trace)}.`);
}

/** Runs chains in a way of its own, and gives all their hops. */
type Load = (run: RunChain) => Promise<readonly number[]>;

function oneAtATime(runs: number): Load {
  return async (run) => {
    const hops: number[] = [];
    for (let done = 0; done < runs; done++) hops.push(...(await run()));
    return hops;
  };
}

/** Starts runs at a rate, whether or not those before have ended. */
function atRate(perSecond: number, seconds: number): Load {
  return async (run) => {
    const start = performance.now();
    const running: Promise<readonly number[]>[] = [];
    while (running.length < perSecond * seconds) {
      const due = start + (running.length / perSecond) * 1_000;
      await setTimeout(Math.max(0, due - performance.now()));
      running.push(run());
    }
    return (await Promise.all(running)).flat();
  };
}

/** How many runs a second there are when so many are started at once; the first ones only warm up. */
async function capacityOf(run: RunChain, runs: number): Promise<number> {
  const runAll = () => Promise.all(Array.from({ length: runs }, run));
  await runAll();
  const start = performance.now();
  await runAll();
  return (runs / (performance.now() - start)) * 1_000;
}

/** Chooses the load under which both sides are measured. */
type ChooseLoad = (
  sides: readonly RunChain[],
  quick: boolean,
) => Promise<{ readonly load: Load; readonly says: string }>;

const alone: ChooseLoad = async (_, quick) => ({
  load: oneAtATime(quick ? 10 : 30),
  says: 'one after the other',
});

const halfLoad: ChooseLoad = async (sides, quick) => {
  const capacities: number[] = [];
  for (const side of sides) capacities.push(await capacityOf(side, quick ? 50 : 200));
  const rate = Math.min(...capacities) / 2;
  return {
    load: atRate(rate, quick ? 0.5 : 2),
    says: `${Math.round(rate)} started each second, half of what the slower side can do`,
  };
};

function hops(name: string, eager: boolean, chooseLoad: ChooseLoad): Study {
  return {
    kind: 'study',
    name: `hop, ${name}`,
    async measure({ quick, show }) {
      await using cleanup = new AsyncDisposableStack();
      const connection = await startOwnRedis(cleanup);
      const sides = {
        ours: await ours(eager)(connection, cleanup),
        theirs: await theirs(connection, cleanup),
      };
      const { load, says } = await chooseLoad([sides.ours, sides.theirs], quick);
      const rounds = quick ? 3 : 9;
      const waits = await measureWaits(waiting(sides.ours, load), waiting(sides.theirs, load), {
        rounds,
        onRound: (round) => show(`round ${round + 1} of ${rounds}`),
      });
      const subject = { work: `hop, ${name}`, peer: 'FlowProducer', target: null, unit: 'ms' };
      const text = `${redisMode}; ${processes} processes, ${concurrency} jobs at once in each; chains of ${chainLength}, ${says}`;
      return { text, rows: toWaitRows(subject, waits) };
    },
  };
}

function waiting(run: RunChain, load: Load): WaitingSide {
  return { prepare: async () => () => load(run) };
}

export const hopWorks: readonly Work[] = [
  hops('one run at a time', true, alone),
  { ...hops('one run at a time, all actions through the queue', false, alone), long: true },
  { ...hops('half load', true, halfLoad), long: true },
  { ...hops('half load, all actions through the queue', false, halfLoad), long: true },
];
