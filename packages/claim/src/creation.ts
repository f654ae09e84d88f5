/**
 * What createOnce() keeps under a key: who is creating, or what was created.
 *
 * Invariant: only who has the newest version can change it, so of all who have been creating one hands over what
 * it made. The idempotency key stays the same from the first claim on.
 * @module
 */

interface CreationFacts {
  /** What `make` is given, by whoever runs it. */
  readonly idempotencyKey: string;
}

/** Somebody is at it. */
export interface CreationClaimed extends CreationFacts {
  readonly state: 'claimed';
  readonly owner: string;
  /** Milliseconds; it counts as abandoned when it was not renewed for so long. */
  readonly ttl: number;
  readonly renewals: number;
}

/** `make` has failed: the next one may try. */
export interface CreationFailed extends CreationFacts {
  readonly state: 'failed';
}

/** It is there, and stays. */
export interface CreationDone<T> extends CreationFacts {
  readonly state: 'created';
  readonly value: T;
}

/** A document of createOnce(), discriminated by `state`. */
export type Creation<T> = CreationClaimed | CreationFailed | CreationDone<T>;
