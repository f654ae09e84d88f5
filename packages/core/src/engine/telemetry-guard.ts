/**
 * Calls telemetry so that it can do no harm.
 * @module
 */
import { toFault } from '@runafter/errors';
import type { Carrier } from '../ports/telemetry.ts';

type Within = <T>(call: () => T) => T;

/** What `ask` returns; undefined, and a process warning, where it throws. */
export function guarded<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    const { message } = toFault(error);
    process.emitWarning(`Telemetry failed: ${message}`, {
      type: 'RunafterWarning',
      code: 'TELEMETRY_FAILED',
    });
    return undefined;
  }
}

/** Calls something inside of what all of them make of it: once, whatever they do. */
export function calledWithin<T>(withins: readonly Within[], call: () => T): T {
  let end: { readonly value: T } | { readonly thrown: unknown } | undefined;
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
  const nested = withins.reduceRight<() => T>((inner, within) => () => within(inner), once);
  guarded(() => {
    try {
      nested();
    } catch (error) {
      // What the call itself has thrown is no fault of who called it.
      if (end === undefined || !('thrown' in end) || end.thrown !== error) throw error;
    }
  });
  return once();
}

function answerOf<T>(end: { readonly value: T } | { readonly thrown: unknown }): T {
  if ('thrown' in end) throw end.thrown;
  return end.value;
}

/** What several have to hand on, in one; undefined where that is nothing. */
export function joined(carriers: readonly (Carrier | undefined)[]): Carrier | undefined {
  const entries = carriers
    .flatMap((carrier) => Object.entries(carrier ?? {}))
    .filter(([, text]) => typeof text === 'string');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
