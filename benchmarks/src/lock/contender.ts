/**
 * A name that one client at a time may hold, as each of its clients sees it.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Lock, Semaphore } from '@runafter/lock';

/** Waits until the name is this client's. */
export type Acquire = () => Promise<Release>;

/** Gives it back. */
export type Release = () => unknown;

/** Opens one client of a name, with a connection of its own. */
export type OpenContender = (name: string, cleanup: AsyncDisposableStack) => Promise<Acquire>;

/** A client of our locks or semaphores, which are opened for it, and closed with the rest. */
export function contenderOf(
  open: (cleanup: AsyncDisposableStack) => Promise<Lock | Semaphore>,
): OpenContender {
  return async (name, cleanup) => {
    const lock = cleanup.use(await open(cleanup));
    return async () => {
      const held = await lock.acquire(name);
      return () => held.release();
    };
  };
}

/** Opens so many clients of one new name. */
export async function openContenders(
  open: OpenContender,
  clients: number,
  cleanup: AsyncDisposableStack,
): Promise<Acquire[]> {
  const name = randomUUID();
  const contenders: Acquire[] = [];
  for (let client = 0; client < clients; client++) contenders.push(await open(name, cleanup));
  return contenders;
}

/** A raw call that did not get the name, where nobody else can have it. */
export function notGranted(): Error {
  return new Error('The name was not granted, although nobody else wants it.');
}
