/**
 * `signal()`: sends an event to a run that goes on somewhere, or that waits in its store to be resumed.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import type { EventType } from '../definition/event-type.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { SignalOptions } from '../run.ts';
import { SignalError } from '../run-errors.ts';
import { checkSignal } from '../signal-rules.ts';
import type { DurableOptions } from '../start-options.ts';
import type { Cipher } from './cipher.ts';
import { currentDefinition } from './current-definition.ts';
import { RunUnknownError } from './durable-errors.ts';
import { knownRun, sealingOf } from './open-run.ts';
import { putSignal, secureEvents } from './run-signals.ts';
import { CipherRequiredError } from './secure-use.ts';

export interface StoreSignalOptions extends SignalOptions {
  /** Says when it was sent: too late for a wait whose time was up by then. Default: the system's clock. */
  readonly clock?: Clock;
  /** Needed where the payload is secure. */
  readonly cipher?: Cipher;
  /** See {@link DurableOptions}. */
  readonly valueLimit?: number;
}

/**
 * Sends an event from outside to a `waitFor` of a durable run, from any process, before or after the
 * wait has begun. It is taken once, by one wait; also when the process that runs it dies meanwhile.
 *
 * @param options.correlate - which of several waits is meant. It is stored as it is, also where the
 *   payload is secure.
 * @param options.id - makes sending harmless to repeat: a second signal of this id changes nothing.
 * @returns `kept` once it is stored; `duplicate` of an earlier id.
 * @throws {RunUnknownError} `RUN_UNKNOWN`, as all of these as a rejection.
 * @throws {SignalError} `SIGNAL_UNKNOWN`, `RUN_ENDED`, `CORRELATE_INVALID`, `SIGNAL_ID_INVALID`
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`
 * @throws {CipherRequiredError} `CIPHER_REQUIRED`
 * @example
 * await signal(store, runId, approval, { by: 'ann', ok: true }, { correlate: 'ann', id: mail.id });
 */
export async function signal<P>(
  store: RunStore,
  runId: string,
  event: string | EventType<P>,
  payload: P,
  options: StoreSignalOptions = {},
): Promise<'kept' | 'duplicate'> {
  const name = typeof event === 'string' ? event : event.name;
  const run = await knownRun(store, runId);
  const { events } = await currentDefinition(store, run);
  const names = new Set(events.map((known) => known.name));
  checkSignal(runId, run.workflow, names, name, options);
  const secure = secureEvents(events).has(name);
  if (secure && options.cipher === undefined) {
    throw new CipherRequiredError(run.workflow, { path: name, usedBy: name });
  }
  const { correlate, id } = options;
  const sentAt = (options.clock ?? systemClock).now();
  const letter = { event: name, correlate, payload, id, sentAt };
  const outcome = await putSignal(store, runId, sealingOf(options), secure, letter);
  if (outcome === 'unknown') throw new RunUnknownError(runId);
  if (outcome === 'ended') {
    const problem = `Run "${runId}" has ended, so nothing waits for event "${name}".`;
    throw new SignalError('RUN_ENDED', runId, name, problem);
  }
  return outcome;
}
