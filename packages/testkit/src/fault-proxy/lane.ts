/**
 * One direction of a connection: what comes from one socket goes to the other, late or not at all.
 *
 * Invariant: bytes keep their order and none is lost while both ends live, as on a real network: a
 * hole holds them back, and healing it delivers them. The end of a side and its reset wait in the
 * same queue, so they never overtake what was sent before them.
 * @module
 */
import type { Socket } from 'node:net';
import type { Clock } from '@runafter/clock';
import { resetSocket } from './reset-socket.ts';

/** What is wrong with one direction, of all connections. */
export interface DirectionFaults {
  /** Milliseconds by which every chunk comes late. */
  delay: number;
  /** Nothing goes on. */
  isHole: boolean;
}

/** What comes from a socket: bytes, the end of its side, or the end of the connection. */
export type Arrival = Buffer | 'end' | 'reset';

/** What a connection wants to know about its lane, and to decide. */
export interface LaneEvents {
  /** Something has come in; false swallows it. */
  arrived?(what: Arrival): boolean;
  /** A chunk goes on now. */
  passing(chunk: Buffer): void;
}

interface Item {
  readonly dueAt: number;
  readonly what: Arrival;
}

/** How many bytes wait in a lane before its source is asked to wait as well. */
const mostWaiting = 1 << 20;

export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #faults: DirectionFaults;
  readonly #clock: Clock;
  readonly #events: LaneEvents;
  #items: Item[] = [];
  #waitingBytes = 0;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(from: Socket, to: Socket, faults: DirectionFaults, clock: Clock, events: LaneEvents) {
    this.#from = from;
    this.#to = to;
    this.#faults = faults;
    this.#clock = clock;
    this.#events = events;
    let hasEnded = false;
    from.on('data', (chunk: Buffer) => this.#arrived(chunk));
    from.on('end', () => {
      hasEnded = true;
      this.#arrived('end');
    });
    from.on('close', (hadError) => {
      if (!hasEnded || hadError) this.#arrived('reset');
    });
    to.on('drain', () => this.#pump());
  }

  /** What was held back or late goes on at once. */
  release(): void {
    this.#items = this.#items.map(({ what }) => ({ what, dueAt: 0 }));
    this.#pump();
  }

  /** Forgets what is waiting, and passes nothing on any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#items = [];
  }

  #arrived(what: Arrival): void {
    if (this.#isClosed || this.#to.destroyed) return;
    if (this.#events.arrived?.(what) === false) return;
    this.#items.push({ what, dueAt: this.#clock.monotonic() + this.#faults.delay });
    if (typeof what !== 'string') this.#waitingBytes += what.length;
    if (this.#waitingBytes > mostWaiting) this.#from.pause();
    this.#pump();
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      if (this.#faults.isHole || this.#to.writableNeedDrain) return;
      const wait = item.dueAt - this.#clock.monotonic();
      if (wait > 0) {
        this.#cancelTimer = this.#clock.setTimer(wait, () => this.#pump());
        return;
      }
      this.#items.shift();
      this.#pass(item.what);
    }
    if (this.#from.isPaused()) this.#from.resume();
  }

  #pass(what: Arrival): void {
    if (what === 'end') this.#to.end();
    else if (what === 'reset') resetSocket(this.#to);
    else {
      this.#waitingBytes -= what.length;
      this.#to.write(what);
      this.#events.passing(what);
    }
  }
}
