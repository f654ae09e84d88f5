/**
 * How far away a backend is, and how far its clock is from ours.
 *
 * A clock is read in the middle of a round trip, and the true moment of the reading lies anywhere in it:
 * so the difference is known up to half of the shortest round trip (Cristian's algorithm), and half of the
 * clock's resolution.
 * @see https://doi.org/10.1007/BF01784024
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { Backend } from './backend.ts';
import type { Measured } from './finding.ts';

const trips = 7;

interface Trip {
  readonly took: number;
  readonly ahead: number;
}

/** Asks a backend for its time, several times. */
export async function measure(backend: Backend, clock: Clock): Promise<Measured> {
  const all: Trip[] = [];
  for (let count = 0; count < trips; count++) all.push(await roundTrip(backend, clock));
  const bySpeed = all.toSorted((a, b) => a.took - b.took);
  const fastest = bySpeed[0] as Trip;
  const middle = bySpeed[Math.floor(trips / 2)] as Trip;
  const { version, resolution } = backend;
  return {
    version,
    latency: rounded(middle.took),
    clockAhead: Math.round(fastest.ahead + resolution / 2),
    // Our own clock tells whole milliseconds.
    uncertainty: Math.ceil((fastest.took + resolution) / 2) + 1,
  };
}

async function roundTrip(backend: Backend, clock: Clock): Promise<Trip> {
  const sent = clock.now();
  const before = clock.monotonic();
  const there = await backend.now();
  const took = clock.monotonic() - before;
  return { took, ahead: there - (sent + took / 2) };
}

function rounded(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
