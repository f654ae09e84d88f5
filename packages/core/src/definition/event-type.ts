/**
 * The type of an event from outside that a workflow can wait for.
 * @module
 */
import { RESERVED_EVENTS } from '../engine/handlers/report.ts';
import { DefinitionError } from './definition-error.ts';
import { showValue } from './rules/show-value.ts';

declare const payload: unique symbol;

const brand = Symbol.for('@runafter/core/EventType');

/** A named event with a payload of type P, as `waitFor` takes it. */
export interface EventType<P> {
  readonly name: string;
  readonly [payload]?: P;
}

/**
 * Declares an event: `const approval = event<{ ok: boolean }>('approval')`.
 *
 * @param name - what `run.signal(name, payload)` uses; not empty.
 * @throws {DefinitionError} `EVENT_INVALID`: the name is not a text, empty, or begins with `runafter/`.
 */
export function event<P>(name: string): EventType<P> {
  if (typeof name !== 'string' || name.trim() === '') {
    throw new DefinitionError(
      'EVENT_INVALID',
      {},
      `event(${showValue(name)}) has no name. Give it the name that run.signal(name, payload) will use.`,
      { option: 'name', value: name },
    );
  }
  if (name.startsWith(RESERVED_EVENTS)) {
    throw new DefinitionError(
      'EVENT_INVALID',
      {},
      `event(${showValue(name)}) has a name that the engine keeps for itself. Let it begin otherwise.`,
      { option: 'name', value: name },
    );
  }
  return Object.freeze(Object.defineProperty({ name }, brand, { value: true }));
}

/** Whether a value came from `event()`. */
export function isEventType(value: unknown): value is EventType<unknown> {
  return typeof value === 'object' && value !== null && brand in value;
}
