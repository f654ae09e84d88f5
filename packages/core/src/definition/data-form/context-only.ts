/**
 * Functions that take a context alone, as the engine calls them: with the values that were handed
 * over first, and the context second.
 *
 * Each keeps the name of the user's function, which describe() and stacks show.
 * @module
 */
import type { Handler } from '../definition.ts';

/**
 * Turns a function that takes its context alone into a handler. What is not a function is left as it
 * is, to be refused.
 */
export function contextOnly(run: unknown): unknown {
  if (typeof run !== 'function') return run;
  const handler: Handler = (_, context) => run(context);
  return Object.defineProperty(handler, 'name', { value: run.name });
}

const looking = new WeakSet<Handler>();

/** A function of the data form, which looks other actions up by name. */
export function lookingUp(run: unknown): unknown {
  const handler = contextOnly(run);
  if (typeof handler === 'function') looking.add(handler as Handler);
  return handler;
}

/** Whether a handler may look other actions up by name. */
export function looksUp(handler: Handler): boolean {
  return looking.has(handler);
}

/** `done` reads the state that the round has made where all others read the one before. */
export function stateInContext(
  done: (context: object) => unknown,
): (state: unknown, context: object) => unknown {
  const asked = (state: unknown, context: object): unknown =>
    done(
      new Proxy(context, {
        get(target, key) {
          if (key === 'state') return state;
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    );
  return Object.defineProperty(asked, 'name', { value: done.name });
}
