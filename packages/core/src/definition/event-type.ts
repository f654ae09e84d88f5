/**
 * The type of an event from outside that a workflow can wait for.
 * @module
 */
declare const payload: unique symbol;

/** A named event with a payload of type P, as `waitFor` takes it. */
export interface EventType<P> {
  readonly name: string;
  readonly [payload]?: P;
}

/**
 * Declares an event: `const approval = event<{ ok: boolean }>('approval')`.
 *
 * @param name - what `run.signal(name, payload)` uses.
 */
export function event<P>(name: string): EventType<P> {
  return Object.freeze({ name });
}
