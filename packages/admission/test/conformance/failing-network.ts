/**
 * A network that fails on command. Requests take a while to arrive and a while to be answered, so that those
 * of several connections really overlap; all of it goes by one virtual clock.
 * @module
 */
import { type Clock, type Random, seededRandom, untilAborted } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';

/** How often a request is repeated that was not answered. */
const mostTries = 20;

export class FailingNetwork {
  readonly #clock: Clock;
  readonly #random: Random = seededRandom(1);
  #state: 'works' | 'stalls' | 'is cut' = 'works';
  #healed = Promise.resolve();
  #heal = () => {};
  #losesReply = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly loseReply = (): void => {
    this.#losesReply = true;
  };

  readonly stall = (): void => {
    this.#fail('stalls');
  };

  readonly cut = (): void => {
    this.#fail('is cut');
  };

  readonly heal = (): void => {
    this.#state = 'works';
    this.#heal();
  };

  /** Sends a request until it is answered. It has to be one that may be carried out twice. */
  async persist<R>(signal: AbortSignal | undefined, carryOut: () => R | Promise<R>): Promise<R> {
    for (let tries = 1; ; tries++) {
      try {
        return await untilAborted(signal, this.request(carryOut));
      } catch (error) {
        if (signal?.aborted || tries === mostTries) throw error;
        if (!(error instanceof ServiceUnavailableError)) throw error;
        await this.#clock.sleep(tries, signal && { signal });
      }
    }
  }

  /** Sends a request once. */
  async request<R>(carryOut: () => R | Promise<R>): Promise<R> {
    await this.#hop();
    if (this.#state === 'is cut') throw new ServiceUnavailableError('The network', 'not-done');
    const losesReply = this.#losesReply;
    this.#losesReply = false;
    const reply = await carryOut();
    await this.#hop();
    if (this.#state === 'stalls') await this.#healed;
    if (losesReply) throw new ServiceUnavailableError('The network', 'unknown');
    return reply;
  }

  #fail(state: 'stalls' | 'is cut'): void {
    this.#state = state;
    this.#healed = new Promise((resolve) => {
      this.#heal = resolve;
    });
  }

  #hop(): Promise<void> {
    return this.#clock.sleep(this.#random());
  }
}
