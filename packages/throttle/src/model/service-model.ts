/**
 * A service as its callers see it, in virtual time: what it takes, what it refuses, and how long that takes.
 *
 * It has no clock and no timer of its own, so a queue of events drives it as well as a virtual clock. Quotas are
 * counted by the very rules that a limiter keeps to.
 * Read next: rates/start-rules.ts.
 * @module
 */
import { type Duration, parseDuration, type Random } from '@runafter/clock';
import { budgetLimits } from '../budget-limits.ts';
import { checkNotNegative } from '../formula-input-error.ts';
import type { Rate } from '../rate.ts';
import type { StartRule } from '../rates/start-rule.ts';
import { startRules } from '../rates/start-rules.ts';

/** How a service counts its calls, slows down, and says that it is too much. Without any of it, it takes all. */
export interface ServiceModelOptions {
  /** Calls above it are refused; several rates are all kept to. */
  readonly rate?: Rate | readonly Rate[] | undefined;
  /** How many calls are served at once; more are refused. */
  readonly concurrency?: number | undefined;
  /** How many calls are worked on at once; more wait in line, first come first served, and nobody is refused. */
  readonly slots?: number | undefined;
  /**
   * By what part of its time alone a call takes longer for each other one that is being served: 0.11 makes one of ten
   * calls take twice as long. The first `free` calls slow down nobody. Default: none, 1.
   */
  readonly contention?:
    | { readonly perCall: number; readonly free?: number | undefined }
    | undefined;
  /**
   * What a refused call is told; a `spread` of 0.3 is evenly within ± 30 %. Default: when it would be taken if nobody
   * else came, in whole seconds and at least one, as the header says it.
   */
  readonly retryAfter?:
    | { readonly mean: Duration; readonly spread?: number | undefined }
    | undefined;
  /** How long it takes to be refused. Default 0. */
  readonly refusalTime?: Duration | undefined;
  /** What a refused call counts in the rates, as a part of a call. Default 0. */
  readonly refusalCost?: number | undefined;
}

/** A call that was not let in. Milliseconds. */
export interface Refusal {
  /** How long the answer takes. */
  readonly latency: number;
  readonly retryAfter: number;
}

/**
 * One service during one job. Times are milliseconds of a clock that never goes back, and `inService` is how many
 * calls are being served, this one included.
 */
export interface ServiceModel {
  /** A call arrives. Undefined: it is let in, and counted. */
  refuse(now: number, inService: number): Refusal | undefined;
  /** How long a call takes that was let in, of which `waiting` in line, if it takes `alone` with nobody else there. */
  serve(
    now: number,
    inService: number,
    alone: number,
  ): { readonly latency: number; readonly waiting: number };
}

/**
 * Makes a service, whose quotas are all unused.
 *
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`: a rate, `concurrency` or `slots` that makes no sense.
 * @throws {FormulaInputError} `FORMULA_INPUT_INVALID`: another number that makes no sense.
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const mailbox = serviceModel({ rate: connectorLimits.outlookSend }, seededRandom(1));
 * mailbox.refuse(clock.monotonic(), 1)?.retryAfter; // undefined for thirty calls, and then until a minute is over
 */
export function serviceModel(options: ServiceModelOptions, random: Random): ServiceModel {
  return new CountingService(options, random);
}

const name = 'serviceModel';

/** Quotas count in thousandths of a call: parts of calls add up exactly. */
const wholeCall = 1_000;

class CountingService implements ServiceModel {
  readonly #rules: readonly StartRule[];
  readonly #concurrency: number;
  /** When each slot is free again. */
  readonly #slots: number[];
  readonly #contention: { readonly perCall: number; readonly free?: number | undefined };
  readonly #retryAfter: { readonly mean: number; readonly spread: number } | undefined;
  readonly #refusalTime: number;
  readonly #refusalCost: number;
  readonly #random: Random;

  constructor(options: ServiceModelOptions, random: Random) {
    const { concurrency, slots, contention, retryAfter, refusalCost = 0 } = options;
    this.#rules = rulesOf(options.rate);
    this.#concurrency = countOf(concurrency);
    this.#slots = slots === undefined ? [] : new Array(countOf(slots)).fill(0);
    this.#contention = contention ?? { perCall: 0 };
    checkNotNegative(name, 'contention.perCall', this.#contention.perCall);
    this.#retryAfter = retryAfter && {
      mean: parseDuration(retryAfter.mean, 'retryAfter.mean'),
      spread: retryAfter.spread ?? 0,
    };
    checkNotNegative(name, 'retryAfter.spread', this.#retryAfter?.spread ?? 0);
    this.#refusalTime = parseDuration(options.refusalTime ?? 0, 'refusalTime');
    checkNotNegative(name, 'refusalCost', refusalCost);
    this.#refusalCost = Math.round(refusalCost * wholeCall);
    this.#random = random;
  }

  refuse(now: number, inService: number): Refusal | undefined {
    const free = Math.max(now, ...this.#rules.map((rule) => rule.freeAt(wholeCall, now)));
    const isRefused = free > now || inService > this.#concurrency;
    const weight = isRefused ? this.#refusalCost : wholeCall;
    if (weight > 0) for (const rule of this.#rules) rule.start(weight, now);
    if (!isRefused) return undefined;
    return { latency: this.#refusalTime, retryAfter: this.#comeBackAfter(free - now) };
  }

  #comeBackAfter(wait: number): number {
    if (this.#retryAfter === undefined) return Math.max(1, Math.ceil(wait / 1_000)) * 1_000;
    const { mean, spread } = this.#retryAfter;
    return mean * (1 + spread * (2 * this.#random() - 1));
  }

  serve(now: number, inService: number, alone: number): { latency: number; waiting: number } {
    const { perCall, free = 1 } = this.#contention;
    const work = alone * (1 + perCall * Math.max(0, inService - free));
    if (this.#slots.length === 0) return { latency: work, waiting: 0 };
    const next = this.#slots.indexOf(Math.min(...this.#slots));
    const begins = Math.max(now, this.#slots[next] ?? 0);
    this.#slots[next] = begins + work;
    return { latency: begins + work - now, waiting: begins - now };
  }
}

function rulesOf(rate: ServiceModelOptions['rate']): readonly StartRule[] {
  if (rate === undefined) return [];
  const { rates, ...limits } = budgetLimits({ rate });
  const inParts = rates.map((parsed) => ({
    ...parsed,
    calls: parsed.calls * wholeCall,
    burst: parsed.burst * wholeCall,
  }));
  return startRules({ ...limits, rates: inParts });
}

function countOf(concurrency: number | undefined): number {
  if (concurrency === undefined) return Number.POSITIVE_INFINITY;
  return budgetLimits({ concurrency }).concurrency;
}
