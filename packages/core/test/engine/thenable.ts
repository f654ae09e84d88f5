/**
 * A promise as some libraries make them: it can be awaited, but it is none of the language's own.
 * @module
 */

/** Something that can be awaited for a value, and has nothing but `then`. */
export function thenable<T>(value: T): Promise<T> {
  const awaitable: Pick<PromiseLike<T>, 'then'> = {
    then: (onValue) => Promise.resolve(value).then(onValue),
  };
  return awaitable as Promise<T>;
}
