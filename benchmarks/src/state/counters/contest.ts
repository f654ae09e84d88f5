/**
 * A backend's counter next to the raw calls of the same client that do the same.
 *
 * Each contest has a file. Read next: counter-works.ts, what is compared.
 * @module
 */
import type { ServiceName } from 'integration-tests/places';
import type { OpenTallies } from '../tally.ts';

/** Two ways to the same number. */
export interface Pairing {
  readonly ours: OpenTallies;
  /** What the raw calls are. */
  readonly peer: string;
  readonly theirs: OpenTallies;
}

/** What is compared on a backend. */
export interface Contest {
  readonly backend: string;
  readonly needs?: ServiceName;
  /** The most that our time / theirs may be, for additions without an id. */
  readonly target?: number;
  /** How many additions make a work of one client that waits for each. */
  readonly additions: number;
  /** An addition. */
  readonly plain: Pairing;
  /** An addition that counts once for its id. */
  readonly once: Pairing;
}
