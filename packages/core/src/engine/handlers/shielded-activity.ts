/**
 * A function of a container kind's last phase: it has a record, retries and a time-out of its own, and
 * nothing from outside tells it to stop.
 * @module
 */
import { noRetry, parseDuration, retry, untilAborted } from '@runafter/clock';
import type { ShieldedContext, ShieldedOptions } from '../../container-kind.ts';
import type { ActionError, Result } from '../../result.ts';
import { FAILED, type StatusBits, SUCCEEDED, TIMED_OUT } from '../../status.ts';
import { ActionState, type ShieldedNode } from '../action-state.ts';
import { AttemptHistory } from '../detail.ts';
import type { Frame } from '../frame.ts';
import { resultOf } from '../hand-over.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import type { AttemptRecord } from '../records/action-record.ts';
import { attemptRecord } from '../records/attempt-record.ts';
import { errorOf } from '../records/secure.ts';
import { timedOut } from '../stop.ts';
import { tellStart } from '../tell.ts';

type ShieldedHandler<T> = (context: ShieldedContext) => T | Promise<T>;

/** Runs the function and adds its record to `records`. Never rejects. */
export async function performShielded<T>(
  frame: Frame,
  name: string,
  handler: ShieldedHandler<T>,
  options: ShieldedOptions,
  records: ActionState[],
): Promise<Result<Awaited<T>>> {
  const { run } = frame.owner;
  const state = new ActionState(shieldedNode(name, frame, options.secure), frame);
  records.push(state);
  if (run.journal !== undefined && (await run.journal.restoreShielded(state))) {
    return resultOf(state) as unknown as Result<Awaited<T>>;
  }
  state.started = run.offset();
  tellStart(state);
  const [bits, value] = await settle(state, handler, options);
  await run.endShielded(state, bits, value);
  return resultOf(state) as unknown as Result<Awaited<T>>;
}

async function settle<T>(
  state: ActionState,
  handler: ShieldedHandler<T>,
  options: ShieldedOptions,
): Promise<[StatusBits, unknown]> {
  const { run } = state.frame.owner;
  const { clock, services } = run;
  const abort = new AbortController();
  const attempts: AttemptRecord[] = [];
  let attemptStarted = run.offset();
  const endAttempt = (number: number, error?: ActionError, wait?: number): void => {
    attempts.push(attemptRecord(run, number, attemptStarted, error, wait));
  };
  let cancelTimeout: (() => void) | undefined;
  let last = 1;
  try {
    if (options.timeout !== undefined) {
      const message = `"${state.path}" took longer than its timeout allows.`;
      const delay = parseDuration(options.timeout, `timeout of "${state.path}"`);
      cancelTimeout = clock.setTimer(delay, () => {
        abort.abort(timedOut('ACTION_TIMED_OUT', message).reason);
      });
    }
    const attempt = async (number: number): Promise<Awaited<T>> => {
      last = number;
      attemptStarted = run.offset();
      const { signal } = abort;
      const context = { signal, idempotencyKey: idempotencyKey(state), attempt: number };
      const { telemetry } = services;
      const call = async () => handler(context);
      const called = telemetry === undefined ? call() : telemetry.within(state, number, call);
      return await untilAborted(signal, called);
    };
    const output = await retry(({ number }) => attempt(number), options.retry ?? noRetry, {
      clock,
      signal: abort.signal,
      random: services.random,
      onRetry: ({ attempt: number, error, wait }) =>
        endAttempt(number, errorOf(error, state.node, state.path), wait),
    });
    endAttempt(last);
    return [SUCCEEDED, output];
  } catch (thrown) {
    const error = errorOf(thrown, state.node, state.path);
    if (attempts.at(-1)?.number !== last) endAttempt(last, error);
    return [abort.signal.aborted ? TIMED_OUT : FAILED, error];
  } finally {
    cancelTimeout?.();
    if (attempts.length > 1) state.detail = new AttemptHistory(attempts, false);
  }
}

/**
 * A function of a last phase as a node, though it has no place in the definition.
 *
 * @param secure - whether it deals with secure values. Default: as the container.
 */
export function shieldedNode(name: string, frame: Frame, secure?: boolean): ShieldedNode {
  const around = frame.owner.state?.node;
  return {
    kind: 'shielded',
    name,
    address: `${around?.address ?? ''}/${name}`,
    repeats: true,
    index: -1,
    waitsFor: 0,
    runAfter: [],
    successors: [],
    inputs: [],
    criticality: 'critical',
    secureInputs: secure ?? around?.secureInputs ?? false,
    secureOutputs: secure ?? around?.secureOutputs ?? false,
    timeout: undefined,
    metadata: undefined,
  };
}
