/**
 * A channel on which whatever waits says so: for a permit, a lock, a resource, a gate, or because somebody
 * else was faster. It belongs to the process, so who listens needs no hold of what waits.
 *
 * It is a TracingChannel of node:diagnostics_channel, named `runafter:wait`: a `start` in the async context
 * of whoever waits, and an `asyncEnd` when the wait is over, also by an abort or a time-out. So a listener
 * times waits with a clock of its own, and finds their callers by an AsyncLocalStorage. One message at the
 * end would need a clock in every limiter, and nobody would hear of a wait that never ends.
 *
 * Invariant: while nobody listens, a wait costs one look at `hasSubscribers`.
 * @module
 */
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import { toFault } from '@runafter/errors';

/**
 * - `throttle`: a permit of a limiter, pauses after a 429 included.
 * - `lock`: a lock, or a permit of a semaphore, that others hold.
 * - `claim`: a resource of a pool.
 * - `gate`: to be let in.
 * - `conflict`: an update that met a newer version, before it tries again.
 */
export type WaitKind = 'throttle' | 'lock' | 'claim' | 'gate' | 'conflict';

/** What is waited for. The same object comes with all messages of one wait. */
export interface WaitContext {
  readonly kind: WaitKind;
  /** Of the limiter, lock, pool, gate or document; may be long, and is never a value. */
  readonly name: string;
  /** Why the wait ended with nothing; undefined until then. */
  readonly error?: unknown;
}

/**
 * The waits of this process, as node:diagnostics_channel has them. {@link watchWaits} is easier to use, and
 * what its listener throws harms nobody; what a subscriber throws ends the process.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#class-tracingchannel
 */
export const waitChannel: TracingChannel<object, WaitContext> = tracingChannel('runafter:wait');

/**
 * Hears of the waits of this process from now on.
 *
 * @param onWait - called when a wait begins, in the async context of whoever waits. What it returns is called
 *   when the wait is over, in the same context, with the reason where it has ended with nothing. Whatever
 *   either of them throws becomes a process warning.
 * @returns ends it: of waits that go on, no end is told any more.
 * @example
 * const stop = watchWaits(({ kind, name }) => {
 *   const since = performance.now();
 *   return () => console.log(`${kind} ${name}: ${performance.now() - since} ms`);
 * });
 */
export function watchWaits(
  onWait: (wait: WaitContext) => ((error: unknown) => void) | undefined,
): () => void {
  const ends = new WeakMap<object, (error: unknown) => void>();
  const start = (message: unknown): void => {
    const end = guarded(() => onWait(message as WaitContext));
    if (end !== undefined) ends.set(message as WaitContext, end);
  };
  const asyncEnd = (message: unknown): void => {
    const wait = message as WaitContext;
    guarded(() => ends.get(wait)?.(wait.error));
  };
  waitChannel.start.subscribe(start);
  waitChannel.asyncEnd.subscribe(asyncEnd);
  return () => {
    waitChannel.start.unsubscribe(start);
    waitChannel.asyncEnd.unsubscribe(asyncEnd);
  };
}

function guarded<T>(tell: () => T): T | undefined {
  try {
    return tell();
  } catch (error) {
    const { message } = toFault(error);
    process.emitWarning(`Who hears of waits has failed: ${message}`, {
      type: 'RunafterWarning',
      code: 'WAIT_LISTENER_FAILED',
    });
    return undefined;
  }
}

/**
 * Tells of a wait, from now until its promise is settled. For waits only: who is let in at once has not
 * waited.
 *
 * @param kind - undefined inside of something that tells of its waits itself: then nothing is told.
 * @param wait - begins it. Called once, listened to or not.
 * @returns what `wait` gives, or rejects with.
 */
export function traceWait<T>(
  kind: WaitKind | undefined,
  name: string,
  wait: () => Promise<T>,
): Promise<T> {
  if (kind === undefined || !waitChannel.hasSubscribers) return wait();
  const context: WaitContext = { kind, name };
  // Async, so that a wait which is refused at once ends as all others do.
  return waitChannel.tracePromise(async () => await wait(), context);
}
