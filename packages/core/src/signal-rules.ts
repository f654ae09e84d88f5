/**
 * Refuses a signal that nobody could ever take.
 * @module
 */
import { didYouMean } from '@runafter/errors';
import { showValue } from './definition/rules/show-value.ts';
import type { SignalOptions } from './run.ts';
import { SignalError } from './run-errors.ts';

/**
 * @param events - those that the workflow waits for.
 * @throws {SignalError} `SIGNAL_UNKNOWN`, `CORRELATE_INVALID`, `SIGNAL_ID_INVALID`
 */
export function checkSignal(
  runId: string,
  workflow: string,
  events: ReadonlySet<string>,
  name: string,
  { correlate, id }: SignalOptions,
): void {
  if (!events.has(name)) {
    throw new SignalError('SIGNAL_UNKNOWN', runId, name, unknownEvent(workflow, name, events));
  }
  if (correlate !== undefined && typeof correlate !== 'string') {
    const problem = `correlate of event "${name}" is ${showValue(correlate)}. Pass a text.`;
    throw new SignalError('CORRELATE_INVALID', runId, name, problem);
  }
  if (id !== undefined && typeof id !== 'string') {
    const problem = `The id of a signal of event "${name}" is ${showValue(id)}. Pass a text, or none.`;
    throw new SignalError('SIGNAL_ID_INVALID', runId, name, problem);
  }
}

function unknownEvent(workflow: string, name: string, events: ReadonlySet<string>): string {
  if (events.size === 0)
    return `Workflow "${workflow}" has no waitFor, so nothing takes event "${name}".`;
  return (
    `Workflow "${workflow}" waits for no event "${name}", only for ` +
    `${[...events].join(', ')}.${didYouMean(name, events)}`
  );
}
