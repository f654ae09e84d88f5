/**
 * What an adaptive limiter decided, what it saw and why.
 * @module
 */

/** A throttled call told everybody to stay away. */
export interface PausedDecision {
  readonly type: 'paused';
  /** How long nobody calls from now on, in milliseconds. */
  readonly wait: number;
  /** Whether the service named the wait; false: it is our own, which doubles while nothing succeeds. */
  readonly asked: boolean;
}

/** The pause is over. */
export interface ResumedDecision {
  readonly type: 'resumed';
  /** How many calls were throttled since the pause began, the one that began it included. */
  readonly throttled: number;
}

/** Why the degree changed. */
export type DegreeReason =
  /** Warming up: twice as many, to see whether that is faster. */
  | 'ramp-up'
  /** The last doubling brought too little: back to what was best. */
  | 'ramp-up-ended'
  /** A try with some more, or some fewer. */
  | 'probe'
  /** The try was no better: back. */
  | 'probe-rejected'
  /** As many as the pace needs. */
  | 'paced'
  /** Calls are not spaced any more: as many as were best before. */
  | 'unpaced';

/** Another number of calls may be under way at once. */
export interface DegreeChangedDecision {
  readonly type: 'degree-changed';
  readonly from: number;
  readonly to: number;
  readonly reason: DegreeReason;
  /** What was measured at `from`, in calls per second; undefined: nothing yet. */
  readonly throughput: number | undefined;
}

/** Why the pace changed. */
export type PaceReason =
  /** Too large a share was throttled: from now on calls are spaced. */
  | 'throttled'
  /** It has been quiet for a while: a little faster. */
  | 'quiet'
  /** It is not the pace that holds the calls back any more: no spacing. */
  | 'not-needed';

/** Calls are spaced otherwise. Rates are in calls per second. */
export interface PacedDecision {
  readonly type: 'pace-set';
  /** Undefined: they were not spaced. */
  readonly from: number | undefined;
  /** Undefined: they are not spaced any more. */
  readonly to: number | undefined;
  /** What the service seems to take; undefined: too little was seen. */
  readonly estimate: number | undefined;
  readonly reason: PaceReason;
}

/** What an adaptive limiter tells about itself. */
export type AdaptiveDecision =
  | PausedDecision
  | ResumedDecision
  | DegreeChangedDecision
  | PacedDecision;
