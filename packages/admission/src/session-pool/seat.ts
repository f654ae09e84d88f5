/**
 * A session that this process holds: first for nobody, then for a job.
 *
 * Invariant: its signal aborts once, with the first reason of all that can end it. Whether it was lost is asked of
 * the clocks, too: after a stall, code can run before the timer does that would have aborted the signal.
 * @module
 */
import type { ResourceLease } from '@runafter/claim';
import { LeaseReleasedError } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { SessionResource } from './machines.ts';
import { SessionLostError } from './session-pool-errors.ts';
import type { UserHold } from './session-users.ts';

export class Seat {
  readonly lease: ResourceLease<SessionResource>;
  readonly #ended = new AbortController();
  #user: UserHold | undefined;

  constructor(lease: ResourceLease<SessionResource>) {
    this.lease = lease;
    this.#heed(lease);
  }

  get machine(): string {
    return this.lease.resource.machine;
  }

  get session(): number {
    return this.lease.resource.session;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get isLost(): boolean {
    this.#look();
    return hasCode(this.signal.reason, 'SESSION_LOST');
  }

  /** It ends from now on with the right to run for a user, too. */
  handTo(user: UserHold): void {
    this.#user = user;
    this.#heed(user);
  }

  /** @param cause - why its lease has ended; undefined: its machine is gone. */
  lose(cause?: unknown): void {
    if (this.signal.aborted) return;
    this.end(
      new SessionLostError(this.machine, this.session, cause === undefined ? {} : { cause }),
    );
  }

  /** Tells who has it to stop. */
  end(reason: unknown): void {
    this.#ended.abort(reason);
  }

  /** @throws why it may not be used any more. */
  assertHeld(): void {
    this.#look();
    this.signal.throwIfAborted();
  }

  /** What ends from now on is no loss. */
  markReleased(): void {
    this.#look();
    if (!this.signal.aborted) this.end(new LeaseReleasedError(this.lease.name));
  }

  #heed({ signal }: UserHold): void {
    const onEnd = () => this.lose(signal.reason);
    if (signal.aborted) onEnd();
    else signal.addEventListener('abort', onEnd, { once: true });
  }

  #look(): void {
    if (this.signal.aborted) return;
    try {
      this.lease.assertHeld();
      this.#user?.assertHeld();
    } catch (error) {
      this.lose(error);
    }
  }
}
