/**
 * Waits until a program has nothing left to do but wait for its clock.
 *
 * A turn of setImmediate lets all promise chains run to their end, but a chain may itself go through
 * setImmediate. So turns are taken until one begins without an immediate of anybody else.
 * @module
 */

/** Turns that are always taken, for runtimes that do not tell which immediates are waiting. */
const fewestTurns = 3;

/** A program that keeps an immediate waiting for ever must not stop the clock for ever. */
const mostTurns = 1_000;

/** Immediates of this file that are waiting: those of other virtual clocks are not work. */
let ownImmediates = 0;

/** Calls back in a later turn of the event loop, when no foreign immediate is waiting. */
export function onQuietTurn(callback: () => void): void {
  takeTurn(1, callback);
}

/** Kept from the start, so that a test that fakes the global timers does not stop the clock. */
const nextTurn = setImmediate;

function takeTurn(turn: number, callback: () => void): void {
  ownImmediates++;
  nextTurn(() => {
    ownImmediates--;
    if (turn < fewestTurns || (turn < mostTurns && foreignImmediates() > 0)) {
      takeTurn(turn + 1, callback);
    } else {
      callback();
    }
  });
}

function foreignImmediates(): number {
  const active = process.getActiveResourcesInfo();
  return active.filter((type) => type === 'Immediate').length - ownImmediates;
}
