/**
 * All sessions that this process holds, from the grant until the store has them back.
 *
 * Invariant: a session of a machine that is being lost is lost, whenever it was granted; and it goes back only when
 * the store has noted that the machine is gone, else the store could hand it out again.
 * @module
 */
import type { ResourceLease } from '@runafter/claim';
import type { HeldSession } from './held-session.ts';
import type { SessionResource } from './machines.ts';
import { Seat } from './seat.ts';

export class Seats {
  /** How many were given back. */
  returns = 0;
  /** Who has each; undefined: nobody yet. */
  readonly #seats = new Map<Seat, HeldSession | undefined>();
  /** Who is told of the next return. */
  readonly #onReturn = new Set<() => void>();
  /** Machines of which the store is being told that they are gone, until it has noted it. */
  readonly #losing = new Map<string, Promise<void>>();
  #ended: { readonly reason: unknown } | undefined;

  take(lease: ResourceLease<SessionResource>): Seat {
    const seat = new Seat(lease);
    if (this.#ended !== undefined) seat.end(this.#ended.reason);
    if (this.#losing.has(seat.machine)) seat.lose();
    this.#seats.set(seat, undefined);
    return seat;
  }

  occupy(seat: Seat, held: HeldSession): void {
    this.#seats.set(seat, held);
  }

  async giveBack(seat: Seat): Promise<void> {
    await this.#losing.get(seat.machine);
    try {
      await seat.lease.release();
    } finally {
      this.#seats.delete(seat);
      this.returns++;
      for (const tell of this.#onReturn) tell();
    }
  }

  /** @param noted - when the store knows that the machine is gone. */
  async lose(machine: string, noted: Promise<void>): Promise<void> {
    const losing = noted.catch(() => {});
    this.#losing.set(machine, losing);
    for (const seat of this.#seats.keys()) if (seat.machine === machine) seat.lose();
    try {
      await noted;
    } finally {
      if (this.#losing.get(machine) === losing) this.#losing.delete(machine);
    }
  }

  /** Tells all who have one to stop, and those who get one later. */
  end(reason: unknown): void {
    this.#ended = { reason };
    for (const seat of this.#seats.keys()) seat.end(reason);
  }

  /** Whose session it is that was leased as this owner; undefined: nobody's here. */
  userOf(owner: string): string | undefined {
    for (const [seat, held] of this.#seats) if (seat.lease.owner === owner) return held?.user;
    return undefined;
  }

  /** Resolves when the next one was given back; never after the signal has aborted. */
  untilReturn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#onReturn.add(resolve);
      signal.addEventListener('abort', () => this.#onReturn.delete(resolve), { once: true });
    });
  }

  untilAllReturned(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => this.#seats.size === 0 && resolve();
      this.#onReturn.add(look);
      look();
    });
  }
}
