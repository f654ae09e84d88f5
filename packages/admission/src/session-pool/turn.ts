/**
 * One call that wants a session, from its beginning to its end. It may wait several times: a job that has lost its
 * session waits again, with the same place.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { HeldSession } from './held-session.ts';
import type { QueuedJob } from './job-queue.ts';

/** What a turn is told. */
export interface TurnOptions {
  readonly user: string;
  readonly place: number;
  readonly clock: Clock;
  /** In milliseconds, each time; undefined: as long as it takes. */
  readonly wait: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Makes the error of a wait that was too long. */
  readonly timeOut: (turn: Turn, waited: number) => unknown;
  /** Called when it waits no more and has got nothing. */
  readonly onLeave: (turn: Turn) => void;
}

interface Wait {
  readonly admit: (session: HeldSession) => void;
  readonly refuse: (error: unknown) => void;
}

export class Turn implements QueuedJob {
  readonly user: string;
  readonly place: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** How often it was begun. */
  attempts = 0;
  readonly #options: TurnOptions;
  #wait: Wait | undefined;

  constructor(options: TurnOptions) {
    this.user = options.user;
    this.place = options.place;
    this.since = options.clock.now();
    this.#options = options;
  }

  get isWaiting(): boolean {
    return this.#wait !== undefined;
  }

  /** Waits until it is admitted or refused, which an abort and the end of its time do by themselves. */
  wait(): Promise<HeldSession> {
    const { clock, wait, signal, timeOut } = this.#options;
    return new Promise<HeldSession>((resolve, reject) => {
      const abort = () => this.refuse(signal?.reason);
      const cancelTimer =
        wait === undefined
          ? () => {}
          : clock.setTimer(wait, () => this.refuse(timeOut(this, wait)));
      const end = () => {
        this.#wait = undefined;
        cancelTimer();
        signal?.removeEventListener('abort', abort);
      };
      this.#wait = {
        admit: (session) => {
          end();
          resolve(session);
        },
        refuse: (error) => {
          end();
          reject(error);
        },
      };
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  admit(session: HeldSession): void {
    this.#wait?.admit(session);
  }

  /** It waits no more. Does nothing when it does not wait. */
  refuse(error: unknown): void {
    if (this.#wait === undefined) return;
    this.#wait.refuse(error);
    this.#options.onLeave(this);
  }
}
