/**
 * What the doctor has to say of one thing.
 * @module
 */

/** One finding. `problem`: it will not work; `warning`: it works until something happens. */
export interface Finding {
  readonly severity: 'ok' | 'warning' | 'problem';
  /** One sentence, or less. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
}

/** What was looked at, and what was found. */
export interface Examination {
  /** `Node`, or the address of a backend, without its password. */
  readonly subject: string;
  readonly findings: readonly Finding[];
  /** Of a backend that has answered. */
  readonly measured?: Measured | undefined;
}

/** What was measured of a backend. */
export interface Measured {
  readonly version: string;
  /** Milliseconds of a round trip, the middle one of several. */
  readonly latency: number;
  /** Milliseconds by which its clock is ahead of this machine's, give or take `uncertainty`. */
  readonly clockAhead: number;
  readonly uncertainty: number;
}

/** Shorthand for a finding without a fix. */
export function fine(message: string): Finding {
  return { severity: 'ok', message };
}
