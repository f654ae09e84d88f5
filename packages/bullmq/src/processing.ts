/**
 * A job in the hands of this process: done, or given back.
 *
 * What happens to work is the store's to say, so a job never fails: one that cannot be done here goes back
 * to its queue, for another process or for later. Only a run that a person has to look at is kept as
 * failed.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { DelayedError, type Job, WaitingError } from 'bullmq';

/** What becomes of a job. */
export type Disposal =
  | 'done'
  /** Another process may take it at once. */
  | 'handBack'
  /** It is to be tried again, here or elsewhere, after so many milliseconds. */
  | { readonly after: number };

/** Does what was decided; throws what tells BullMQ that the job is not over. */
export async function dispose(
  disposal: Disposal,
  job: Job,
  token: string | undefined,
  clock: Clock,
): Promise<void> {
  if (disposal === 'done') return;
  if (disposal === 'handBack') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  await job.moveToDelayed(clock.now() + disposal.after, token);
  throw new DelayedError();
}

type Tried = Pick<Job, 'attemptsStarted'>;

/** Milliseconds until a job is tried again that could not be done: longer each time it was begun. */
export function pauseAfter({ attemptsStarted }: Tried): number {
  return Math.min(60_000, 500 * doubled(attemptsStarted));
}

/**
 * The same for a run that will be free in a moment. Its job was begun before, perhaps often and long ago,
 * which says nothing of now.
 */
export function shortPauseAfter(tried: Tried): number {
  return Math.min(3_000, pauseAfter(tried));
}

/** Times that a job which others may know comes back soon. */
const hopefulTries = 12;

/**
 * The same for a job that other processes know, and this one does not: soon, for the next taker may be one
 * of them; seldom, when there seems to be none.
 */
export function pauseForOthers({ attemptsStarted }: Tried): number {
  if (attemptsStarted <= hopefulTries) return Math.min(400, 25 * doubled(attemptsStarted));
  return Math.min(30_000, 500 * doubled(attemptsStarted - hopefulTries));
}

function doubled(attemptsStarted: number): number {
  return 2 ** Math.min(20, Math.max(0, attemptsStarted - 1));
}
