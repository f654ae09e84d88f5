/**
 * Looks for the rate that a service takes: slower after each event, then carefully faster.
 *
 * Why its estimate is right: at two events the service had nothing left to give. What it took in between is what
 * it gave out in between, whether it counts by a bucket or by a window. Rates are in calls per millisecond.
 * Read next: taken-log.ts for the estimate after a first event, before which nobody knows what was left.
 * @module
 */
import { TakenLog } from './taken-log.ts';

/** From so many calls on, an estimate is one. */
const enough = 20;
/** A rate is set this much below the estimate, and where even that was too much, below itself. */
const belowEstimate = 0.97;
const belowRefuted = 0.9;
/** How much of a documented rate is made use of: the service may count otherwise than we do. */
const belowDocumented = 0.95;
/** How much of a rate that was borne for a while is relied on: some of it may have been saved up. */
const belowProven = 0.9;
/** The first try after a while of quiet. */
const closeToEstimate = 0.99;

/** How long it has to be quiet before the rate grows, in calls and in pauses as long as the last ones. */
const longQuiet = { calls: 40, pauses: 10 } as const;
const quiet = { calls: 10, pauses: 1 } as const;
/** Beyond the estimate a try may cost a pause, so tries are rare; but nobody waits longer than this for one. */
const longestQuiet = 120_000;
/** Far below the estimate, or without one, waiting for long pauses would take longer than another event. */
const longestBlindQuiet = 3_000;

/** A rate below this share of the estimate is what an outage has left. */
const farBelow = 0.5;
/** Fewer calls than this for each event are what a service takes during an outage. */
const leastPerEvent = 3;

/** How much of the pauses before counts beside a new one: a service with a long window also asks for short waits. */
const pauseFades = 0.9;
/** A rate is taken from a time that covers a window: a little more than the longest pause, and a minute at least. */
const windowPerPause = 1.2;
const shortestWindow = 60_000;

/** How long it has to be quiet to do without a rate again. */
const leastCalm = 300_000;
const calmPauses = 30;

/** An event: when it began, and what had been taken since the one before. */
interface Event {
  readonly at: number;
  readonly taken: number;
}

export class RateSearch {
  readonly #log = new TakenLog();
  #documented = Number.POSITIVE_INFINITY;
  #rate = Number.POSITIVE_INFINITY;
  #estimate: number | undefined;
  /** What is counted from: an event, or the beginning. */
  #origin: { readonly at: number; readonly isEvent: boolean };
  /** What was taken since then. */
  #taken = 0;
  /** How many events there were since then. */
  #events = 0;
  /** Something was taken since the last event that was drawn conclusions from. */
  #hasTaken = false;
  /** The event that nobody has drawn conclusions from yet. */
  #event: Event | undefined;
  /** What was taken until the first event, of which some was left over from before, and in which time. */
  #atFirst: { readonly taken: number; readonly time: number } | undefined;
  #resumedAt: number;
  /** How long a pause is lately, after events that conclusions were drawn from. */
  #pause = 1;
  /** The same, after all events: about the length of the service's window, if it has one. */
  #longestPause = 1;
  #quietSince: number;
  #quietCalls = 0;
  /** The rate before it last grew, which had been borne for a while; 0: none. */
  #proven = 0;
  /** How often it grew since the last event. */
  #steps = 0;

  constructor(now: number) {
    this.#origin = { at: now, isEvent: false };
    this.#resumedAt = now;
    this.#quietSince = now;
  }

  /** Infinity: none is needed. */
  get rate(): number {
    return this.#rate;
  }

  /** What the service seems to take; undefined: too little was seen. */
  get estimate(): number | undefined {
    return this.#estimate;
  }

  /** Begins with a rate that the service documents, and never goes beyond that. */
  start(documented: number): void {
    this.#documented = documented;
    this.#rate = belowDocumented * documented;
  }

  /** A call was taken that had been sent at that time. */
  taken(sentAt: number, weight: number): void {
    this.#hasTaken = true;
    this.#taken += weight;
    this.#log.add(sentAt, weight);
  }

  /** A new event begins. */
  refused(now: number): void {
    this.#event = { at: now, taken: this.#taken };
  }

  /** The share of what was refused since the event before. */
  share(refused: number, inFlight: number): number {
    return refused / (this.#taken + refused + inFlight);
  }

  /** The event is over, and its pause is enough. */
  ignore(resumedAt: number): void {
    if (this.#event === undefined) return;
    this.#sawPause(resumedAt - this.#event.at);
    this.#countFrom(this.#event);
    this.#event = undefined;
  }

  /**
   * The event is over: draws the conclusions, once.
   *
   * @param inFlight - what is still under way; some of it will be taken.
   * @returns whether there were any to draw.
   */
  slowDown(resumedAt: number, inFlight: number): boolean {
    const event = this.#event;
    if (event === undefined) return false;
    this.#event = undefined;
    this.#sawPause(resumedAt - event.at);
    this.#pause = Math.max(1, resumedAt - event.at, pauseFades * this.#pause);
    this.#events++;
    const first = this.#firstRate(event, resumedAt, inFlight);
    this.#atFirst ??= { taken: this.#taken, time: event.at - this.#origin.at };
    // Where nothing was taken since the last pause, no rate would have been slow enough.
    if (this.#hasTaken || this.#rate === Number.POSITIVE_INFINITY) {
      // A floor, without which a service that refuses all for a while would never be tried again.
      this.#rate = Math.max(0.5 / this.#pause, this.#lowerRate(event, first));
    }
    this.#hasTaken = false;
    if (event.taken >= enough) this.#countFrom(event);
    this.#resumedAt = resumedAt;
    this.#proven = 0;
    this.#waitForQuiet(resumedAt);
    this.#steps = 0;
    return true;
  }

  /**
   * A call was taken that the rate had held back.
   *
   * @returns whether the rate has grown.
   */
  quiet(now: number, weight: number): boolean {
    if (this.#event !== undefined || now < this.#quietSince) return false;
    this.#quietCalls += weight;
    const isFarBelow = this.#isFarBelow();
    const { calls, pauses } = !isFarBelow && this.#steps === 0 ? longQuiet : quiet;
    const time = Math.min(pauses * this.#pause, isFarBelow ? longestBlindQuiet : longestQuiet);
    const since = now - this.#quietSince;
    // So slow a rate, as after an outage, would need hours for so many calls.
    const isCrawling = isFarBelow && since >= this.#pause;
    if ((this.#quietCalls < calls && !isCrawling) || since < time) return false;
    this.#proven = this.#estimate === undefined ? 0 : this.#rate;
    this.#rate = Math.min(belowDocumented * this.#documented, this.#higherRate());
    this.#waitForQuiet(now);
    this.#steps++;
    return true;
  }

  /** The last event was long ago. */
  isCalm(now: number): boolean {
    return now - this.#resumedAt >= Math.max(leastCalm, calmPauses * this.#pause);
  }

  /** No rate is needed any more. */
  forget(): void {
    this.#rate = Number.POSITIVE_INFINITY;
    this.#estimate = undefined;
  }

  /**
   * A rate without an estimate. With the pause, what was taken makes too low a rate: more was there to be had.
   * Without it, too high a one: some was left over from before. At first the truth is taken to be between the two.
   */
  #firstRate({ at }: Event, resumedAt: number, inFlight: number): number {
    const seen = belowEstimate * (this.#taken + inFlight);
    const withPause = seen / Math.max(1, resumedAt - this.#origin.at);
    if (this.#atFirst !== undefined) return withPause;
    const withoutPause = seen / Math.max(1, at - this.#origin.at);
    return Math.sqrt(withPause * withoutPause);
  }

  /** So little was taken that it is an outage rather than a limit, and says nothing about the time after it. */
  #isOutage(): boolean {
    return !this.#hasTaken || this.#taken < leastPerEvent * this.#events;
  }

  #estimateAt({ at, taken }: Event): number | undefined {
    const since = Math.max(this.#resumedAt, this.#origin.at);
    const sustained = this.#atFirst && this.#log.sustained(since, at, this.#atFirst, enough);
    if (!this.#origin.isEvent || taken < enough) return sustained;
    const sinceEvent = taken / Math.max(1, at - this.#origin.at);
    return Math.max(sinceEvent, sustained ?? 0, this.#lately(at), belowProven * this.#proven);
  }

  /** A window that slides gives back what it took before a pause as unevenly as it was taken. */
  #lately(at: number): number {
    const length = Math.max(shortestWindow, windowPerPause * this.#longestPause);
    return this.#log.rateSince(at - length, at);
  }

  #lowerRate(event: Event, first: number): number {
    const rate = this.#rate;
    if (this.#isOutage()) return Math.min(first, belowEstimate * rate);
    this.#estimate = this.#estimateAt(event) ?? this.#estimate;
    if (this.#estimate === undefined) return Math.min(first, belowEstimate * rate);
    if (this.#estimate < rate) return belowEstimate * this.#estimate;
    this.#estimate = rate;
    return belowRefuted * rate;
  }

  #higherRate(): number {
    const doubling = this.#rate * (1 + Math.min(1, 0.25 * 2 ** this.#steps));
    if (this.#estimate === undefined) return doubling;
    const close = closeToEstimate * this.#estimate;
    if (this.#isFarBelow()) return Math.min(close, doubling);
    if (this.#rate < close) return close;
    return this.#rate * (1 + Math.min(1, 0.01 * 2 ** this.#steps));
  }

  /** As after an outage: the rate grows by doubling. */
  #isFarBelow(): boolean {
    return this.#estimate === undefined || this.#rate < farBelow * this.#estimate;
  }

  #sawPause(length: number): void {
    this.#longestPause = Math.max(length, pauseFades * this.#longestPause);
  }

  #countFrom({ at, taken }: Event): void {
    this.#taken -= taken;
    this.#events = 0;
    this.#origin = { at, isEvent: true };
  }

  #waitForQuiet(since: number): void {
    this.#quietSince = since;
    this.#quietCalls = 0;
  }
}
