/**
 * Permits of limiters and gates that keep their count in this process.
 * @module
 */
import type { Permit } from './limiter.ts';

/** A permit that is given back once, however often it is released or disposed of. */
export function permitFor(giveBack: (error?: unknown) => void): Permit {
  let held = true;
  const release = (error?: unknown): void => {
    if (!held) return;
    held = false;
    giveBack(error);
  };
  return { release, [Symbol.dispose]: () => release() };
}
