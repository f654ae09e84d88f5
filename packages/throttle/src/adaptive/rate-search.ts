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

/** How long it has to be quiet before the rate grows, in calls and in pauses as long as the last one. */
const longQuiet = { calls: 40, pauses: 10 } as const;
const quiet = { calls: 10, pauses: 1 } as const;
/** Without an estimate, waiting for long pauses would take longer than another event. */
const longestBlindQuiet = 3_000;

/** Without an estimate, a rate that is so slow grows after so many pauses of quiet, however few the calls. */
const crawlPauses = 5;

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
  /** Something was taken since the last event that was drawn conclusions from. */
  #hasTaken = false;
  /** The event that nobody has drawn conclusions from yet. */
  #event: Event | undefined;
  /** What was taken until the first event, of which some was left over from before, and in which time. */
  #atFirst: { readonly taken: number; readonly time: number } | undefined;
  #resumedAt: number;
  #pause = 1;
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
  ignore(): void {
    if (this.#event !== undefined) this.#countFrom(this.#event);
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
    this.#pause = Math.max(1, resumedAt - event.at);
    const first = this.#firstRate(event, resumedAt, inFlight);
    this.#atFirst ??= { taken: this.#taken, time: event.at - this.#origin.at };
    this.#estimate = this.#estimateAt(event) ?? this.#estimate;
    // A floor, without which a service that refuses all for a while would never be tried again.
    // Where nothing was taken since the last pause, no rate would have been slow enough.
    if (this.#hasTaken || this.#rate === Number.POSITIVE_INFINITY) {
      this.#rate = Math.max(0.5 / this.#pause, this.#lowerRate(first));
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
    const isLong = this.#estimate !== undefined && this.#steps === 0;
    const { calls, pauses } = isLong ? longQuiet : quiet;
    const longest = this.#estimate === undefined ? longestBlindQuiet : Number.POSITIVE_INFINITY;
    const time = Math.min(pauses * this.#pause, longest);
    const since = now - this.#quietSince;
    // So slow a rate, as after an outage, would need hours for so many calls.
    const isCrawling = this.#estimate === undefined && since >= crawlPauses * this.#pause;
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

  #estimateAt({ at, taken }: Event): number | undefined {
    const since = Math.max(this.#resumedAt, this.#origin.at);
    const sustained = this.#atFirst && this.#log.sustained(since, at, this.#atFirst, enough);
    if (!this.#origin.isEvent || taken < enough) return sustained;
    const sinceEvent = taken / Math.max(1, at - this.#origin.at);
    // A window that slides gives back what it took before the pause as unevenly as it was taken.
    const lately = this.#rate === Number.POSITIVE_INFINITY ? this.#log.lastMinute(at) : 0;
    return Math.max(sinceEvent, sustained ?? 0, lately, belowProven * this.#proven);
  }

  #lowerRate(first: number): number {
    const rate = this.#rate;
    if (this.#estimate === undefined) return Math.min(first, belowEstimate * rate);
    if (this.#estimate < rate) return belowEstimate * this.#estimate;
    this.#estimate = rate;
    return belowRefuted * rate;
  }

  #higherRate(): number {
    if (this.#estimate === undefined) return this.#rate * 1.25;
    if (this.#rate < closeToEstimate * this.#estimate) return closeToEstimate * this.#estimate;
    return this.#rate * (1 + Math.min(0.25, 0.01 * 2 ** this.#steps));
  }

  #countFrom({ at, taken }: Event): void {
    this.#taken -= taken;
    this.#origin = { at, isEvent: true };
  }

  #waitForQuiet(since: number): void {
    this.#quietSince = since;
    this.#quietCalls = 0;
  }
}
