/**
 * One attempt of an action, from its limiters to what is to be told of it, as the engine makes it where
 * it calls the handler itself.
 * @module
 */
import { type Clock, type Limiter, retryAfterOf } from '@runafter/clock';
import { toFault } from '@runafter/errors';
import type { ActionNode } from '../definition/definition.ts';
import { inLimiterOrder } from '../definition/rules/limiter-order.ts';
import { checkPayload } from '../engine/handlers/payload.ts';
import { Permits } from '../engine/handlers/permits.ts';
import type { Failure, Report } from '../engine/handlers/report.ts';
import { isWorthAnother } from '../engine/handlers/worth-another.ts';
import { errorOf } from '../engine/records/secure.ts';
import type { CallTelemetry } from './call-telemetry.ts';
import type { FoundAction } from './find-action.ts';
import type { RemoteContext } from './remote-context.ts';

/** What an attempt is made of. */
export interface AttemptParts {
  readonly action: FoundAction;
  readonly handed: readonly unknown[];
  readonly context: RemoteContext;
  /** Of the process, taken with those of the action. */
  readonly limiters: readonly Limiter[];
  readonly clock: Clock;
  readonly telemetry: CallTelemetry;
  /** Called right before the handler, which is left alone where this resolves with false. */
  readonly onCall: () => Promise<boolean>;
}

/** @returns undefined where the handler was left alone. Rejects with what `onCall` does, and nothing else. */
export async function makeAttempt(parts: AttemptParts): Promise<Report | undefined> {
  const { action, context, telemetry } = parts;
  const endWith = (thrown: unknown) => telemetry.end(errorOf(thrown, action.node, context.path));
  try {
    const report = await attempted(parts);
    if (report?.failure === undefined) telemetry.end(undefined);
    else endWith(report.failure.thrown);
    return report;
  } catch (thrown) {
    endWith(thrown);
    throw thrown;
  }
}

async function attempted(parts: AttemptParts): Promise<Report | undefined> {
  const { action, context, limiters, telemetry } = parts;
  const permits = new Permits();
  try {
    const wanted = inLimiterOrder(action.limiters, limiters);
    await telemetry.within(() => permits.take(wanted, context.signal));
  } catch (thrown) {
    permits.giveBack(context.signal.aborted ? context.signal.reason : thrown);
    return { took: 0, failure: failureOf(thrown, parts) };
  }
  try {
    if (await parts.onCall()) return await called(parts, permits);
    return undefined;
  } finally {
    permits.giveBack(undefined);
  }
}

/** Calls the handler. */
async function called(parts: AttemptParts, permits: Permits): Promise<Report> {
  const { action, handed, context, clock, telemetry } = parts;
  const { signal } = context;
  const began = clock.monotonic();
  const took = (): number => Math.max(0, Math.round(clock.monotonic() - began));
  let output: unknown;
  try {
    signal.throwIfAborted();
    output = await telemetry.within(() => action.node.run(handed, context));
  } catch (thrown) {
    // How a call ended that was told to stop says nothing of the service.
    permits.giveBack(signal.aborted ? signal.reason : (thrown ?? toFault(thrown)));
    return { took: took(), failure: failureOf(thrown, parts) };
  }
  permits.giveBack(signal.aborted ? signal.reason : undefined);
  return trimmed(output, took(), action.node, context.path);
}

/** What is kept of the output, within the limit of its size. */
async function trimmed(
  output: unknown,
  took: number,
  { select, payloadLimit }: ActionNode,
  path: string,
): Promise<Report> {
  try {
    const kept = select === undefined ? output : await select(output);
    if (payloadLimit === undefined) return { took, output: kept };
    return { took, output: kept, payloadBytes: checkPayload(kept, path, payloadLimit) };
  } catch (thrown) {
    return { took, failure: { thrown, isRetryable: false } };
  }
}

function failureOf(thrown: unknown, { action, context, clock }: AttemptParts): Failure {
  const { retry } = action.node;
  const isLast = retry === undefined || retry.type === 'none' || context.attempt > retry.count;
  try {
    const isRetryable = !isLast && isWorthAnother(retry, thrown);
    return { thrown, isRetryable, retryAfter: retryAfterOf(thrown, clock) };
  } catch (broken) {
    // The policy itself has thrown.
    return { thrown: broken, isRetryable: false };
  }
}
