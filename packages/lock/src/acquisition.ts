/**
 * One call that wants a name: it asks until it is granted, and waits in between.
 *
 * Invariant: whatever the backend may have of this call is either handed over, as a Holding that is not lost,
 * or taken back by abandon(). A reply that was lost leaves that open, so the same owner asks again: drivers
 * then grant it again.
 * Read next: pauses.ts, when it asks again.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { isTransient, readClock, traceWait, type WaitKind } from '@runafter/clock';
import { hasCode, readProperty, ServiceUnavailableError } from '@runafter/errors';
import { type GivingBack, giveBack } from './giving-back.ts';
import type { Claim, Grant } from './holding.ts';
import type { AcquireRequest, Busy, Granted, LeaseDriver, LeaseRequest } from './lease-driver.ts';
import { LockTimeoutError } from './lock-errors.ts';
import { Pauses } from './pauses.ts';

/** What is wanted, and how it is asked for. Times are milliseconds. */
export interface Wish {
  /** As the caller wrote it. */
  readonly givenName: string;
  /** As the driver gets it. */
  readonly name: string;
  readonly ttl: number;
  readonly weight: number;
  /** The longest wait between two requests. */
  readonly poll: number;
  /** What owners begin with. */
  readonly holder: string;
  /** The owner, for an operation that gets the same again; else each call is one of its own. */
  readonly owner: string | undefined;
  /** For how long requests may fail in a row; undefined: as long as the call waits. */
  readonly patience: number | undefined;
}

/** What all acquisitions of one lock share. */
export interface AcquisitionTools<H extends Grant, G extends Granted> extends GivingBack {
  readonly driver: LeaseDriver<G>;
  /** May ask somebody else first; the signal ends that. */
  readonly hold: (tools: GivingBack, claim: Claim<G>, signal: AbortSignal) => H | Promise<H>;
  /** What telemetry calls a wait; undefined: whoever asks tells of its waits itself. */
  readonly waitKind: WaitKind | undefined;
  /** The last one had to wait: who comes now listens before it asks, and so asks once less. */
  contended: boolean;
  /** Why the last request of all failed, if it did: for who never came to ask. */
  trouble: unknown;
  /** When the requests were sent that are not answered yet, the oldest first. */
  readonly underWay: Set<{ readonly sentAt: number }>;
}

/** For how many polls a place in the line is kept: one request may be lost, and one be slow. */
const pollsOfPlace = 3;

/** In milliseconds: who stands still for a shorter time, such as for a large response, keeps its place. */
const shortestPlace = 5_000;

/** In milliseconds: so long a request may go on that nobody waits for any more. Its reply tells what is left. */
const patience = 1_000;

export class Acquisition<H extends Grant, G extends Granted> {
  readonly #tools: AcquisitionTools<H, G>;
  readonly #wish: Wish;
  readonly #since: number;
  /** Aborts what is asked of the driver: later than the caller's signal, see abandon(). */
  readonly #asking = new AbortController();
  #request: LeaseRequest;
  /** What try() or wait() has begun. */
  #granting: Promise<H | undefined> | undefined;
  /** What was granted, until it is found to be lost. */
  #holding: H | undefined;
  #mayRemain = false;
  /** A request of this owner has failed that may have been carried out, or may yet be. */
  #inDoubt = false;
  #isAsking = false;
  /** A grant that had ended when it arrived. */
  #isGivingBack = false;
  #busy: Busy | undefined;
  #failure: unknown;
  /** When the first request failed of those since the last that was answered. */
  #failingSince: number | undefined;

  constructor(tools: AcquisitionTools<H, G>, wish: Wish) {
    this.#tools = tools;
    this.#wish = wish;
    this.#since = tools.clock.monotonic();
    this.#request = newRequest(wish);
  }

  /** An owner that may have been granted something by an earlier call; undefined: it is this call's own. */
  get owner(): string | undefined {
    return this.#wish.owner;
  }

  /** The backend may have something of this owner: a grant, or a place in the line. */
  get mayRemain(): boolean {
    return this.#mayRemain;
  }

  /** Asks once. */
  try(signal: AbortSignal): Promise<H | undefined> {
    const trying = this.#ask(undefined, signal);
    this.#granting = trying;
    return trying;
  }

  /** Asks once. Undefined also for a failure that may pass. */
  tryPatiently(signal: AbortSignal): Promise<H | undefined> {
    const trying = this.#askPatiently(undefined, signal);
    this.#granting = trying;
    return trying;
  }

  /** Asks until it is granted, the signal aborts, or the service refuses. */
  wait(signal: AbortSignal): Promise<H> {
    const waiting = this.#wait(signal);
    this.#granting = waiting;
    return waiting;
  }

  /**
   * What the caller is told whose time is over.
   *
   * @param localHolder - the owner in this process, for who has not asked because of it.
   */
  timeOut(localHolder: string | undefined): LockTimeoutError {
    const { driver, clock } = this.#tools;
    const waited = clock.monotonic() - this.#since;
    const { heldBy = localHolder } = this.#busy ?? {};
    const cause = this.#failure ?? (localHolder === undefined ? this.#whyUnanswered() : undefined);
    return new LockTimeoutError(driver.name, this.#wish.givenName, waited, heldBy, { cause });
  }

  #whyUnanswered(): unknown {
    if (this.#busy !== undefined) return undefined;
    const { driver, trouble } = this.#tools;
    const isSilent = this.#isAsking || this.#isAnotherUnanswered();
    return isSilent ? new ServiceUnavailableError(driver.name, 'unknown') : trouble;
  }

  /** For so long that others should have asked in between: of them who wait here, one asks. */
  #isAnotherUnanswered(): boolean {
    const { clock, underWay } = this.#tools;
    const [oldest] = underWay;
    return oldest !== undefined && clock.monotonic() - oldest.sentAt > this.#wish.poll;
  }

  /** Leaves nothing behind, after the signal has aborted. For who has been handed nothing; never rejects. */
  async abandon(): Promise<void> {
    await this.#untilAnswered();
    if (this.#isGivingBack) await this.#granting?.catch(ignore);
    const holding = this.#holding;
    if (holding !== undefined) {
      holding.release().catch(ignore);
      await new Promise<void>((resolve) => holding.whenGivenBack(resolve));
    } else if (this.#mayRemain) {
      await giveBack(this.#tools, this.#request).catch(ignore);
    }
  }

  /** A request under way tells what is left. After a while it is cut off, and has as long again for that. */
  async #untilAnswered(): Promise<void> {
    const { clock } = this.#tools;
    let cancelTimer = ignore;
    await new Promise<void>((resolve) => {
      const cutOff = () => {
        this.#asking.abort();
        cancelTimer = clock.setTimer(patience, resolve);
      };
      cancelTimer = clock.setTimer(patience, cutOff);
      Promise.resolve(this.#granting).then(
        () => resolve(),
        () => resolve(),
      );
    });
    cancelTimer();
  }

  async #wait(signal: AbortSignal): Promise<H> {
    const { poll } = this.#wish;
    const place = this.#tools.driver.queues
      ? Math.max(Math.ceil(poll * pollsOfPlace), shortestPlace)
      : undefined;
    const pauses = new Pauses(this.#tools, poll);
    try {
      if (this.#tools.contended) pauses.listen(this.#request);
      // A first try has failed: see tryPatiently().
      if (this.#failure !== undefined) await pauses.pause(undefined, this.#failure, signal);
      pauses.askNow();
      const atOnce = await this.#askPatiently(place, signal);
      if (atOnce !== undefined) {
        this.#tools.contended = false;
        return atOnce;
      }
      const { waitKind } = this.#tools;
      const wait = () => this.#askAgain(place, pauses, signal);
      return await traceWait(waitKind, this.#wish.givenName, wait);
    } finally {
      pauses.stop();
    }
  }

  /** After it was refused: from here on it waits. */
  async #askAgain(place: number | undefined, pauses: Pauses, signal: AbortSignal): Promise<H> {
    for (;;) {
      signal.throwIfAborted();
      const isAnswered = this.#failure === undefined;
      if (isAnswered) this.#tools.contended = true;
      // What was released after the reply was not told to who had not listened yet: so it is asked at once.
      if (!isAnswered || !pauses.listen(this.#request)) {
        await pauses.pause(this.#busy, this.#failure, signal);
      }
      pauses.askNow();
      const holding = await this.#askPatiently(place, signal);
      if (holding !== undefined) return holding;
    }
  }

  /** @returns undefined also for a failure that may pass. */
  async #askPatiently(place: number | undefined, signal: AbortSignal): Promise<H | undefined> {
    try {
      const holding = await this.#ask(place, signal);
      this.#failure = undefined;
      this.#failingSince = undefined;
      return holding;
    } catch (error) {
      if (!isTransient(error) || this.#isOutOfPatience()) throw error;
      this.#failure = error;
      return undefined;
    }
  }

  #isOutOfPatience(): boolean {
    const now = this.#tools.clock.monotonic();
    this.#failingSince ??= now;
    return now - this.#failingSince >= (this.#wish.patience ?? Number.POSITIVE_INFINITY);
  }

  async #ask(place: number | undefined, signal: AbortSignal): Promise<H | undefined> {
    const { ttl, weight, givenName } = this.#wish;
    const { name, owner } = this.#request;
    const requestedAt = readClock(this.#tools.clock);
    const reply = await this.#send({ name, owner, ttl, weight, place });
    if (!reply.granted) {
      this.#busy = reply;
      return undefined;
    }
    signal.throwIfAborted();
    const claim = { name, owner, ttl, weight, givenName, granted: reply, requestedAt };
    const holding = await this.#tools.hold(this.#tools, claim, signal);
    if (!holding.lost) {
      this.#holding = holding;
      return holding;
    }
    // Somebody else may have it by now: this owner is done.
    this.#isGivingBack = true;
    await new Promise<void>((resolve) => holding.whenGivenBack(resolve));
    this.#isGivingBack = false;
    this.#beginAnew();
    throw new ServiceUnavailableError(this.#tools.driver.name, 'not-done', {
      cause: new Error('its grant had ended when it arrived', { cause: holding.signal.reason }),
    });
  }

  async #send(request: AcquireRequest): Promise<G | Busy> {
    const remained = this.#mayRemain;
    const { driver, clock, underWay } = this.#tools;
    const sent = { sentAt: clock.monotonic() };
    this.#mayRemain = true;
    this.#isAsking = true;
    underWay.add(sent);
    try {
      const reply = await driver.acquire(request, { signal: this.#asking.signal });
      if (!reply.granted) this.#mayRemain = this.#inDoubt || request.place !== undefined;
      this.#tools.trouble = undefined;
      return reply;
    } catch (error) {
      if (isOfService(error)) this.#tools.trouble = error;
      if (wasNotDone(error)) this.#mayRemain = remained;
      else this.#inDoubt = true;
      throw error;
    } finally {
      this.#isAsking = false;
      underWay.delete(sent);
    }
  }

  #beginAnew(): void {
    this.#request = newRequest(this.#wish);
    this.#mayRemain = false;
    this.#inDoubt = false;
    this.#busy = undefined;
  }
}

function newRequest({ name, holder, owner = `${holder}:${randomUUID()}` }: Wish): LeaseRequest {
  return { name, owner };
}

/** Whether others would meet it, too. */
function isOfService(error: unknown): boolean {
  return isTransient(error) || hasCode(error, 'SERVICE_REFUSED');
}

/** Whatever else a driver throws leaves open what was done. */
function wasNotDone(error: unknown): boolean {
  return (
    readProperty(error, 'outcome') === 'not-done' ||
    hasCode(error, 'SERVICE_REFUSED') ||
    hasCode(error, 'SERVICE_CLOSED')
  );
}

function ignore(): void {}
