/**
 * A session as who has it sees it.
 * @module
 */
import type { Seat } from './seat.ts';
import type { JobSession, Session } from './session-pool-port.ts';

export class HeldSession implements Session {
  readonly name: string;
  readonly owner: string;
  readonly token: bigint;
  readonly machine: string;
  readonly session: number;
  readonly user: string;
  readonly #seat: Seat;
  readonly #giveBack: (held: HeldSession) => Promise<void>;
  #released: Promise<void> | undefined;

  /** @param giveBack - called once. */
  constructor(user: string, seat: Seat, giveBack: (held: HeldSession) => Promise<void>) {
    const { name, owner, token } = seat.lease;
    this.name = name;
    this.owner = owner;
    this.token = token;
    this.machine = seat.machine;
    this.session = seat.session;
    this.user = user;
    this.#seat = seat;
    this.#giveBack = giveBack;
  }

  get expiresAt(): number {
    return this.#seat.lease.expiresAt;
  }

  get signal(): AbortSignal {
    return this.#seat.signal;
  }

  get isLost(): boolean {
    return this.#seat.isLost;
  }

  /** Tells its job to stop. */
  end(reason: unknown): void {
    this.#seat.end(reason);
  }

  assertHeld(): void {
    this.#seat.assertHeld();
  }

  release(): Promise<void> {
    this.#released ??= this.#giveBack(this);
    return this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** What a job is given: all but the right to release it. */
  forJob(attempt: number): JobSession {
    const { machine, session, user, owner, token, signal } = this;
    return {
      machine,
      session,
      user,
      owner,
      token,
      attempt,
      signal,
      assertHeld: () => this.assertHeld(),
    };
  }
}
