/**
 * Calls telemetry so that it can do no harm.
 * @module
 */
import { toFault } from '@runafter/errors';
import { isThenable } from '../definition/rules/show-value.ts';
import type { Carrier } from '../ports/telemetry.ts';

type Within = <T>(call: () => T) => T;

/**
 * What `ask` returns; undefined, and a process warning, where it throws. What a promise of it rejects with,
 * which nobody waits for, is a process warning, too.
 */
export function guarded<T>(ask: () => T): T | undefined {
  try {
    const answer = ask();
    if (isThenable(answer)) answer.then(undefined, warn);
    return answer;
  } catch (error) {
    warn(error);
    return undefined;
  }
}

function warn(error: unknown): void {
  const { message } = toFault(error);
  process.emitWarning(`Telemetry failed: ${message}`, {
    type: 'RunafterWarning',
    code: 'TELEMETRY_FAILED',
  });
}

/** Calls something inside of what all of them make of it: once, whatever they do. */
export function calledWithin<T>(withins: readonly Within[], call: () => T): T {
  let end: End<T> | undefined;
  const once = (): T => {
    if (end === undefined) {
      try {
        end = { value: call() };
      } catch (thrown) {
        end = { thrown };
      }
    }
    return answerOf(end);
  };
  const nested = withins.reduceRight<() => T>(
    (inner, within) => () => {
      const returned = within(inner);
      if (isThenable(returned)) {
        returned.then(undefined, (error: unknown) => warnUnlessOwn(error, end));
      }
      return returned;
    },
    once,
  );
  try {
    nested();
  } catch (error) {
    if (!hasThrown(end, error)) warn(error);
  }
  return once();
}

type End<T> = { readonly value: T } | { readonly thrown: unknown };

/** What the call itself has thrown is no fault of who called it. */
function hasThrown(end: End<unknown> | undefined, error: unknown): boolean {
  return end !== undefined && 'thrown' in end && end.thrown === error;
}

/** Nor is what it rejects with. */
async function warnUnlessOwn(error: unknown, end: End<unknown> | undefined): Promise<void> {
  if (hasThrown(end, error)) return;
  try {
    // It comes from the call only where that has been rejected by now.
    if (end !== undefined && 'value' in end) await Promise.race([end.value, undefined]);
  } catch (own) {
    if (own === error) return;
  }
  warn(error);
}

function answerOf<T>(end: End<T>): T {
  if ('thrown' in end) throw end.thrown;
  return end.value;
}

/** What several have to hand on, in one; undefined where that is nothing. */
export function joined<T>(
  those: readonly T[],
  carrierOf: (one: T) => Carrier | undefined,
): Carrier | undefined {
  const entries = those
    .flatMap((one) => guarded(() => Object.entries(carrierOf(one) ?? {})) ?? [])
    .filter(([, text]) => typeof text === 'string');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
