/** What clients do to one counter, and how they saw it come out. */
import type { AtomicCounter } from '@runafter/counter';
import { hasCode } from '@runafter/errors';
import {
  type CounterOp,
  type CounterResult,
  type HistoryRecorder,
  recordHistory,
} from '@runafter/testkit';
import type { Adder } from '../chaos/state/backend.ts';
import { type OpenBackend, runClients } from './history-run.ts';

const name = 'orders';
const steps = 15;
/** So few that several clients come with the same one. */
const ids = 40;

/** A history with the number of replies that were lost in it. */
export interface CounterRun {
  readonly history: HistoryRecorder<CounterOp, CounterResult>;
  readonly lostReplies: number;
}

export async function counterHistory(open: OpenBackend, seed: number): Promise<CounterRun> {
  const history = recordHistory<CounterOp, CounterResult>({
    classify: (error) => (hasCode(error, 'COUNTER_CHANGED') ? 'failed' : 'unknown'),
  });
  const lostReplies = await runClients(open, {
    connect: open.backend.openCounter,
    seed,
    async live({ name: client, connection, random, losesReplies, mayLoseReply }) {
      for (let step = 0; step < steps; step++) {
        const dice = random();
        if (dice < 0.3)
          await settled(history.record(client, { kind: 'read' }, () => connection.read(name)));
        else {
          mayLoseReply();
          const once = dice < 0.7 ? `op-${Math.floor(random() * ids)}` : undefined;
          await settled(add(connection, client, once, losesReplies));
        }
      }
    },
  });
  return { history, lostReplies };

  function add(
    counter: Adder,
    client: string,
    once: string | undefined,
    losesReplies: boolean,
  ): Promise<unknown> {
    const operation = { amount: 1n, ...(once !== undefined && { once }) };
    // An addition whose reply was lost is asked for again, and then told the value of now.
    if (!isAtomic(counter) || (once !== undefined && losesReplies)) {
      const op = { kind: 'add', ...operation } as const;
      return history.record(client, op, () =>
        counter.add(name, 1n, { once }).then(() => undefined),
      );
    }
    const op = { kind: 'addAndGet', ...operation } as const;
    return history.record(client, op, () => counter.addAndGet(name, 1n, { once }));
  }
}

/** Whether a counter adds and answers in one step. */
export function isAtomic(counter: Adder): counter is AtomicCounter {
  return 'addAndGet' in counter;
}

/** A call that fails is part of the history. */
async function settled(call: Promise<unknown>): Promise<void> {
  await call.catch(() => {});
}
