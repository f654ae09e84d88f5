/**
 * A connection to a planted server over a network that fails on command, with one fault of choice. It asks again
 * and again until it is granted or told to stop. Without a fault it keeps every promise.
 */
import {
  type AcquireOptions,
  type Clock,
  LimiterOptionError,
  type Permit,
  untilAborted,
} from '@runafter/clock';
import type { ClosableLimiter, LimiterConnectOptions } from '@runafter/clock/conformance';
import { RunafterError, ServiceClosedError } from '@runafter/errors';
import type { PlantedServer } from './planted-server.ts';

/** What a connection may do wrong. */
export type LimiterFault =
  | 'keeps what failed'
  | 'reads what it is released with'
  | 'does not give back what is disposed of'
  | 'asks for who is aborted already'
  | 'waits on when it is aborted'
  | 'takes back what it granted when it is aborted later'
  | 'cuts weights down'
  | 'throws at once'
  | 'is never full'
  | 'counts who has left as waiting'
  | 'does not say when to come back'
  | 'refuses whom it should let wait outside'
  | 'forgets who waits when it is closed'
  | 'lets in whoever comes after it was closed'
  | 'leaves its places in the line when it is closed'
  | 'does not renew';

/** Milliseconds from one question to the next. */
const poll = 5;

/** Who has asked as often is never granted: a fault that was found, so that no test has to hang for it. */
const mostQuestions = 2_500;

let connections = 0;

export class PlantedLimiter implements ClosableLimiter {
  readonly #server: PlantedServer;
  readonly #options: LimiterConnectOptions;
  readonly #clock: Clock;
  readonly #fault: LimiterFault | undefined;
  readonly #connection = connections++;
  readonly #closing = new AbortController();
  #calls = 0;
  #waiting = 0;
  #granted = 0;
  #state: 'works' | 'stalls' | 'is cut' = 'works';
  #losesReply = false;

  constructor(
    server: PlantedServer,
    options: LimiterConnectOptions,
    clock: Clock,
    fault: LimiterFault | undefined,
  ) {
    this.#server = server;
    this.#options = options;
    this.#clock = clock;
    this.#fault = fault;
  }

  readonly loseReply = (): void => {
    this.#losesReply = true;
  };
  readonly stall = (): void => {
    this.#state = 'stalls';
  };
  readonly cut = (): void => {
    this.#state = 'is cut';
  };
  readonly heal = (): void => {
    this.#state = 'works';
  };

  acquire(options: AcquireOptions = {}): Promise<Permit> {
    if (this.#fault === 'throws at once') this.#check(options);
    return this.#acquire(options);
  }

  async tryAcquire(options: AcquireOptions = {}): Promise<Permit | undefined> {
    return await this.#ask(options, this.#check(options), false);
  }

  async close(): Promise<void> {
    if (this.#fault !== 'forgets who waits when it is closed') {
      this.#closing.abort(new ServiceClosedError('Planted limiter'));
    }
  }

  async #acquire(options: AcquireOptions): Promise<Permit> {
    const weight = this.#check(options);
    const { waiting = Number.POSITIVE_INFINITY, whenFull = 'reject' } = this.#options;
    const refuses =
      whenFull === 'reject' || this.#fault === 'refuses whom it should let wait outside';
    // Whoever is let in at once does not count: those who wait are behind the ones who hold.
    const isFull = this.#waiting >= waiting && this.#server.look().active > 0;
    if (refuses && isFull && this.#fault !== 'is never full') throw this.#fullError();
    this.#waiting++;
    try {
      const permit = await this.#ask(options, weight, true);
      this.#waiting--;
      return permit as Permit;
    } catch (error) {
      if (this.#fault !== 'counts who has left as waiting') this.#waiting--;
      throw error;
    }
  }

  #fullError(): RunafterError {
    const tells = this.#granted > 0 && this.#fault !== 'does not say when to come back';
    const facts = { status: 429, retryAfter: tells ? 100 : undefined };
    return Object.assign(new RunafterError('LIMITER_FULL', 'Planted limiter is full.'), facts);
  }

  #check({ weight = 1, signal }: AcquireOptions): number {
    const { rate = [], concurrency = Number.POSITIVE_INFINITY } = this.#options;
    const bounds = [rate].flat().map(({ calls, burst = calls }) => burst);
    const heaviest = Math.min(concurrency, ...bounds);
    if (!Number.isInteger(weight) || weight < 1 || weight > heaviest) {
      if (this.#fault === 'cuts weights down') return heaviest;
      throw new LimiterOptionError('weight', weight, 'Planted.');
    }
    if (this.#fault !== 'asks for who is aborted already') signal?.throwIfAborted();
    if (this.#fault !== 'lets in whoever comes after it was closed') {
      this.#closing.signal.throwIfAborted();
    }
    return weight;
  }

  async #ask(
    { signal, priority = 0 }: AcquireOptions,
    weight: number,
    waits: boolean,
  ): Promise<Permit | undefined> {
    const id = `${this.#connection}-${this.#calls++}`;
    const gone = new AbortController();
    const request = { id, connection: this.#connection, weight, priority, waits };
    const asking = this.#askAgain(
      gone.signal,
      () => this.#server.take(request, this.#options),
      waits,
    );
    const ends = AbortSignal.any([
      ...this.#heeds(signal, 'waits on when it is aborted', 'asks for who is aborted already'),
      ...this.#heeds(this.#closing.signal, undefined, 'lets in whoever comes after it was closed'),
    ]);
    try {
      if (!(await untilAborted(ends, asking))) return undefined;
    } catch (error) {
      gone.abort();
      const stays = this.#fault === 'leaves its places in the line when it is closed';
      if (!stays || !this.#closing.signal.aborted) {
        void this.#insist(() => this.#server.leave(id, weight));
      }
      throw error;
    }
    this.#granted++;
    return this.#permit(id, weight, signal);
  }

  /** @param late - a fault that shows only where the signal was aborted before. */
  #heeds(
    signal: AbortSignal | undefined,
    always: LimiterFault | undefined,
    late: LimiterFault,
  ): AbortSignal[] {
    const isDeaf = this.#fault === always || (this.#fault === late && signal?.aborted === true);
    return signal === undefined || (this.#fault !== undefined && isDeaf) ? [] : [signal];
  }

  async #askAgain(
    gone: AbortSignal,
    ask: () => Promise<boolean>,
    waits: boolean,
  ): Promise<boolean> {
    for (let question = 0; question < mostQuestions && !this.#server.ended; question++) {
      if (gone.aborted) return false;
      try {
        if (await this.#request(ask)) return true;
        if (!waits) return false;
      } catch {
        // The next question finds out.
      }
      await this.#clock.sleep(poll);
    }
    throw new Error('It was never granted.');
  }

  #permit(id: string, weight: number, signal: AbortSignal | undefined): Permit {
    const { ttl = 60_000 } = this.#options;
    let held = true;
    const renew = () => {
      if (!held || this.#server.ended) return;
      this.#request(() => this.#server.renew(id, ttl)).catch(() => {});
      this.#clock.setTimer(ttl / 3, renew, { ref: false });
    };
    if (this.#fault !== 'does not renew') renew();
    const release = () => {
      held = false;
      void this.#insist(() => this.#server.release(id, weight));
    };
    if (this.#fault === 'takes back what it granted when it is aborted later') {
      signal?.addEventListener('abort', release);
    }
    return {
      release: (error) => {
        if (this.#fault === 'keeps what failed' && error !== undefined) return;
        if (this.#fault === 'reads what it is released with') {
          String((error as { message?: unknown } | undefined)?.message);
        }
        release();
      },
      [Symbol.dispose]: () => {
        if (this.#fault !== 'does not give back what is disposed of') release();
      },
    };
  }

  async #insist(order: () => Promise<void>): Promise<void> {
    while (!this.#server.ended) {
      try {
        return await this.#request(order);
      } catch {
        await this.#clock.sleep(poll);
      }
    }
  }

  async #request<R>(carryOut: () => Promise<R>): Promise<R> {
    if (this.#state === 'is cut') throw new Error('The network is cut.');
    const isLost = this.#losesReply;
    this.#losesReply = false;
    const reply = await carryOut();
    if (isLost) throw new Error('The reply was lost.');
    while (this.#state === 'stalls' && !this.#server.ended) await this.#clock.sleep(poll);
    return reply;
  }
}
