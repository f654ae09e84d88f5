/**
 * One connection through the proxy: the client's socket, the service's, and a lane each way.
 *
 * Invariant: a reply is lost only after the service has given it. The request goes through whole, the
 * reply is read to its end and dropped, and only then is the client cut off: so what the request did
 * is done when the client finds out that it cannot know.
 * @module
 */
import type { Socket } from 'node:net';
import type { Clock } from '@runafter/clock';
import { type Arrival, type DirectionFaults, Lane } from './lane.ts';
import type { ChosenReply, LostReply, ReplyLosses } from './reply-losses.ts';
import { resetSocket } from './reset-socket.ts';

/** A direction: `toServer` is requests, `toClient` is replies. */
export type Direction = 'toServer' | 'toClient';

/** What all connections of a proxy share. */
export interface ProxyState {
  readonly clock: Clock;
  readonly faults: Readonly<Record<Direction, DirectionFaults>>;
  readonly losses: ReplyLosses;
  /** How long the service has to be silent for a reply to be complete, in milliseconds. */
  readonly quiet: number;
  readonly passed: (direction: Direction, bytes: number) => void;
  readonly lost: () => void;
}

/** How much of a request is kept to look at. */
const mostOfRequest = 64 * 1024;

export class ProxiedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #state: ProxyState;
  readonly #lanes: readonly Lane[];
  #request: Buffer = Buffer.alloc(0);
  #losing: { readonly chosen: ChosenReply; bytes: number } | undefined;
  #cancelQuiet: (() => void) | undefined;

  constructor(client: Socket, server: Socket, state: ProxyState) {
    this.#client = client;
    this.#server = server;
    this.#state = state;
    const { faults, clock } = state;
    this.#lanes = [
      new Lane(client, server, faults.toServer, clock, {
        passing: (chunk) => this.#requested(chunk),
      }),
      new Lane(server, client, faults.toClient, clock, {
        arrived: (what) => this.#answered(what),
        passing: (chunk) => state.passed('toClient', chunk.length),
      }),
    ];
    // A reset is passed on by the lanes, as the end of the connection that it is.
    for (const socket of [client, server]) socket.on('error', () => {});
  }

  /** Resolves when both sides are closed. */
  get closed(): Promise<unknown> {
    return Promise.all([this.#client, this.#server].map(closeOf));
  }

  /** Takes faults back. A reply of which a part was dropped is lost all the same. */
  release(): void {
    if (this.#losing?.bytes === 0) {
      this.#losing.chosen.fulfilled?.(undefined);
      this.#losing = undefined;
    }
    for (const lane of this.#lanes) lane.release();
  }

  /** Resets both sides at once. */
  cut(): void {
    this.#stop();
    this.#losing?.chosen.fulfilled?.(undefined);
    this.#losing = undefined;
    resetSocket(this.#client);
    resetSocket(this.#server);
  }

  #requested(chunk: Buffer): void {
    this.#state.passed('toServer', chunk.length);
    if (this.#losing !== undefined) return;
    this.#request = Buffer.concat([this.#request, chunk]).subarray(-mostOfRequest);
    const chosen = this.#state.losses.choose(this.#request);
    if (chosen !== undefined) this.#losing = { chosen, bytes: 0 };
  }

  /** @returns whether the client may have it. */
  #answered(what: Arrival): boolean {
    this.#request = Buffer.alloc(0);
    if (this.#losing === undefined) return true;
    if (typeof what === 'string') {
      this.#lose();
      return false;
    }
    this.#losing.bytes += what.length;
    // More of the reply may follow, or of one before it that was still on its way.
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#state.clock.setTimer(this.#state.quiet, () => this.#lose());
    return false;
  }

  #lose(): void {
    const losing = this.#losing;
    if (losing === undefined) return;
    this.#losing = undefined;
    this.#stop();
    resetSocket(this.#client);
    // Not reset: what a server has not read yet, a reset would take away from it.
    this.#server.destroySoon();
    this.#state.lost();
    const lost: LostReply = { request: losing.chosen.request, replyBytes: losing.bytes };
    losing.chosen.fulfilled?.(lost);
  }

  #stop(): void {
    this.#cancelQuiet?.();
    for (const lane of this.#lanes) lane.close();
  }
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
