/**
 * The replies that are to be lost, and what was lost.
 * @module
 */

/**
 * Looks at a request, and says whether its reply is to be lost.
 *
 * @param request - what the client has sent since the server last said something, at most the last
 *   64 KiB: with pipelining more than one request. Encrypted when the client speaks TLS.
 */
export type RequestMatch = (request: Buffer) => boolean;

/** A reply that the server gave and the client never saw. */
export interface LostReply {
  /** What {@link RequestMatch} was shown. */
  readonly request: Buffer;
  /** How much was kept from the client; 0 when the server closed the connection instead. */
  readonly replyBytes: number;
}

/** A wish for losses. */
interface Wish {
  readonly matches: RequestMatch;
  left: number;
  readonly fulfilled: ((lost: LostReply | undefined) => void) | undefined;
}

/** A reply that is chosen, and not there yet. */
export interface ChosenReply {
  readonly request: Buffer;
  readonly fulfilled: Wish['fulfilled'];
}

/** The wishes of all connections, oldest first. */
export class ReplyLosses {
  #wishes: Wish[] = [];

  /** @param count - how many replies; infinite is possible. */
  wish(count: number, matches: RequestMatch): void {
    this.#wishes.push({ matches, left: count, fulfilled: undefined });
  }

  wishOne(matches: RequestMatch): Promise<LostReply | undefined> {
    return new Promise((fulfilled) => {
      this.#wishes.push({ matches, left: 1, fulfilled });
    });
  }

  /** @returns undefined when nobody wishes for the loss of this request's reply. */
  choose(request: Buffer): ChosenReply | undefined {
    const wish = this.#wishes.find(({ matches }) => matches(request));
    if (wish === undefined) return undefined;
    wish.left -= 1;
    if (wish.left === 0) this.#wishes = this.#wishes.filter((other) => other !== wish);
    return { request, fulfilled: wish.fulfilled };
  }

  /** Forgets every wish; who waits for one is told that it did not come true. */
  clear(): void {
    for (const { fulfilled } of this.#wishes) fulfilled?.(undefined);
    this.#wishes = [];
  }
}
