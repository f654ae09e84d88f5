/**
 * Ending a wait for something that takes no AbortSignal itself.
 * @module
 */

/**
 * Settles as `promise` does, or rejects with `signal.reason` as soon as the signal is aborted. The work
 * behind the promise goes on; what becomes of it then is no unhandled rejection. Leaves no listener behind.
 *
 * @param signal - undefined: waits for the promise alone.
 * @example
 * const rows = await untilAborted(signal, client.query(text));
 */
export function untilAborted<T>(
  signal: AbortSignal | undefined,
  promise: PromiseLike<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    const settled = () => signal?.removeEventListener('abort', abort);
    promise.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
