/**
 * Handlers that do what a plan says, in real time, and write each call into the logbook.
 * @module
 */
import { systemClock } from '@runafter/clock';
import type { HandlerContext, Witness } from '../../packages/core/test/model/journal.ts';
import { outputAt } from '../../packages/core/test/model/oracle.ts';
import { type ActionPlan, entryFor } from '../../packages/core/test/model/plan.ts';
import type { CallEntry, Logbook } from './logbook.ts';

export interface HandlerOptions {
  readonly logbook: Logbook;
  /** Which beginning of the run in this process. */
  readonly beginning: number;
  /** Told of each call when it has been written down. */
  readonly onCall?: () => void;
}

export function plannedHandlers(options: HandlerOptions): Witness {
  return { perform: (plan, _, context) => perform(plan, context, options) };
}

function perform(
  { behaviours }: ActionPlan,
  { path, runId: within, attempt, idempotencyKey, index }: HandlerContext,
  { logbook, onCall, beginning }: HandlerOptions,
): unknown {
  const { takes, ends, throwsFirst } = entryFor(behaviours, index);
  // Of a child workflow's run, the id begins with that of the run around it.
  const runId = within.split('/', 1)[0] as string;
  const address = `${within}/${path}`;
  const call = { pid: process.pid, beginning, runId, address, attempt, key: idempotencyKey };
  const write = (what: CallEntry['what']) => logbook.write({ what, ...call });
  const conclude = () => {
    write('ends');
    if (attempt <= throwsFirst || ends === 'throws') throw new Error('Fails, as planned.');
    return outputAt(path);
  };
  write('begins');
  onCall?.();
  return takes === 0 ? conclude() : systemClock.sleep(takes).then(conclude);
}
