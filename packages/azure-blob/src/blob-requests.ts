/**
 * Requests to the service: each ends within its time, and what its reply says of the blob is an answer.
 * @module
 */
import type { WaitOptions } from '@runafter/clock';
import { type Asker, azureFault, type BlobState, blobStateOf } from './azure-errors.ts';
import { withinTime } from './time-limit.ts';

export interface BlobRequestsOptions extends Asker {
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Sends a request; the signal ends it. */
type Send<Reply> = (abortSignal: AbortSignal) => Promise<Reply>;

export class BlobRequests {
  readonly #options: BlobRequestsOptions;

  constructor(options: BlobRequestsOptions) {
    this.#options = options;
  }

  /** What changes nothing, or what may be done twice. */
  ask<Reply extends object>(options: WaitOptions, send: Send<Reply>): Promise<Reply | BlobState> {
    return this.#send(options, false, send);
  }

  /** After a failure it may have been done. */
  change<Reply extends object>(
    options: WaitOptions,
    send: Send<Reply>,
  ): Promise<Reply | BlobState> {
    return this.#send(options, true, send);
  }

  async #send<Reply extends object>(
    { signal }: WaitOptions,
    writes: boolean,
    send: Send<Reply>,
  ): Promise<Reply | BlobState> {
    const { clock, timeoutMs } = this.#options;
    try {
      return await withinTime(clock, timeoutMs, signal, send);
    } catch (error) {
      signal?.throwIfAborted();
      const state = blobStateOf(error);
      if (state === undefined) throw azureFault(this.#options, error, writes);
      return state;
    }
  }
}
