/**
 * Decides when a call may go out: a state machine that is told when calls are sent and how they end.
 *
 * It has no clock, no timer and no promise of its own, so a simulation drives it as the limiter does.
 *
 * Invariant: nothing is sent during a pause; what is under way never exceeds `max`, and exceeds the degree only by
 * a single call that is heavier than that; and there is always either a moment at which, or a call after whose end, the next one
 * may go out. Read next: shared-pause.ts, degree-search.ts, rate-search.ts.
 * @module
 */
import type { ParsedRate } from '../budget-limits.ts';
import { SlidingWindow } from '../rates/sliding-window.ts';
import type { StartRule } from '../rates/start-rule.ts';
import type { AdaptiveDecision, DegreeReason, PaceReason } from './decisions.ts';
import { DegreeSearch } from './degree-search.ts';
import { Epoch } from './epoch.ts';
import { EvenPace } from './even-pace.ts';
import { usableCalls } from './parse-adaptive-options.ts';
import { RateSearch } from './rate-search.ts';
import { SharedPause } from './shared-pause.ts';

/** A call that is under way. */
export interface SentCall {
  readonly sentAt: number;
  readonly weight: number;
  /** What was under way when it was sent, itself included. */
  readonly underWay: number;
  /** It had to wait for the pace: that it was taken says something about the pace. */
  readonly paced: boolean;
}

/**
 * How a call ended: `ok`; `throttled`, with the wait that the service asked for in milliseconds; `failed`: it was
 * taken and came to nothing; `aborted`: nobody knows.
 */
export type CallEnd =
  | { readonly outcome: 'ok' | 'failed' | 'aborted' }
  | { readonly outcome: 'throttled'; readonly retryAfter?: number | undefined };

/** What a controller is set up with. */
export interface ControllerSettings {
  readonly start: number;
  readonly min: number;
  readonly max: number;
  readonly limit?: ParsedRate | undefined;
  /** The time, in milliseconds, as in all its calls. */
  readonly now: number;
  readonly decided: (decision: AdaptiveDecision) => void;
}

/** The share of throttled calls up to which it is enough to pause: so few cost less than a pace would. */
const bearableShare = 0.02;
/** How much the newest latency counts in the mean. */
const newestLatency = 1 / 16;
/** What the mean latency is taken for, in milliseconds, before there is one. */
const firstLatency = 1_000;

export class AdaptiveController {
  readonly max: number;
  readonly #min: number;
  readonly #decided: ControllerSettings['decided'];
  readonly #pause = new SharedPause();
  readonly #quota: StartRule | undefined;
  readonly #rates: RateSearch;
  readonly #degrees: DegreeSearch;
  #pace: EvenPace | undefined;
  #epoch: Epoch;
  #degree: number;
  #inFlight = 0;
  #latency: number | undefined;
  /** Somebody was held back by the pace, and not by the degree. */
  #heldByPace = false;

  constructor({ start, min, max, limit, now, decided }: ControllerSettings) {
    this.max = max;
    this.#min = min;
    this.#decided = decided;
    this.#degree = start;
    this.#degrees = new DegreeSearch(start, { min, max });
    this.#epoch = new Epoch(this.#degrees.plan, now);
    this.#rates = new RateSearch(now);
    if (limit?.model === 'token-bucket') {
      this.#rates.start(limit.calls / limit.per);
      this.#pace = new EvenPace(this.#rates.rate, now);
    } else if (limit !== undefined) this.#quota = new SlidingWindow(usableCalls(limit), limit.per);
  }

  get degree(): number {
    return this.#degree;
  }

  /** The weight of all calls that are under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** In calls per second. */
  get rate(): number | undefined {
    return perSecond(this.#pace?.rate);
  }

  /** In calls per second. */
  get estimate(): number | undefined {
    return perSecond(this.#rates.estimate);
  }

  /** In the past: there is no pause. */
  get pausedUntil(): number {
    return this.#pause.until;
  }

  /** When a call may go out: `now`, a later moment, or Infinity: after the end of another call. */
  earliestStart(now: number, weight = 1): number {
    this.#resume(now);
    if (now < this.#pause.until) return this.#pause.until;
    if (this.#inFlight > 0 && this.#inFlight + weight > this.#degree) return Infinity;
    const paced = this.#pace?.freeAt() ?? now;
    this.#heldByPace ||= paced > now;
    return Math.max(now, paced, this.#quota?.freeAt(weight, now) ?? now);
  }

  /** A call goes out. Only when {@link earliestStart} says so. */
  sent(now: number, weight = 1): SentCall {
    this.#inFlight += weight;
    const call = { sentAt: now, weight, underWay: this.#inFlight, paced: this.#heldByPace };
    this.#heldByPace = false;
    this.#pace?.start(weight, now);
    this.#quota?.start(weight, now);
    return call;
  }

  /** A call that was sent has ended. */
  ended(now: number, call: SentCall, end: CallEnd): void {
    this.#resume(now);
    const underWay = this.#inFlight;
    this.#inFlight -= call.weight;
    switch (end.outcome) {
      case 'aborted':
        break;
      case 'throttled':
        this.#throttled(now, call, end.retryAfter);
        break;
      case 'failed':
        this.#taken(now, call);
        break;
      case 'ok':
        this.#taken(now, call);
        this.#learn(now, call, underWay);
    }
  }

  #throttled(now: number, call: SentCall, retryAfter: number | undefined): void {
    const before = this.#pause.until;
    if (this.#pause.refused(now, call, retryAfter)) this.#rates.refused(now);
    const { until } = this.#pause;
    const asked = retryAfter !== undefined;
    if (until > before) this.#decided({ type: 'paused', wait: until - now, asked });
  }

  /** Looks at what happened, once the pause is over. */
  #resume(now: number): void {
    const throttled = this.#pause.resume(now);
    if (throttled === undefined) return;
    this.#decided({ type: 'resumed', throttled });
    this.#epoch = new Epoch(this.#degrees.plan, now);
    const share = this.#rates.share(throttled, this.#inFlight);
    if (this.#pace === undefined && share <= bearableShare) this.#rates.ignore(this.#pause.until);
    else if (this.#rates.slowDown(this.#pause.until, this.#inFlight))
      this.#setPace(now, 'throttled');
  }

  #taken(now: number, call: SentCall): void {
    this.#pause.taken();
    this.#rates.taken(call.sentAt, call.weight);
    if (call.paced && this.#rates.quiet(now, call.weight)) this.#setPace(now, 'quiet');
    const isLoose = this.#callsInFlightAt(this.#rates.rate) > this.max;
    if (this.#pace !== undefined && isLoose && this.#rates.isCalm(now)) this.#leavePace(now);
  }

  #learn(now: number, call: SentCall, underWay: number): void {
    const latency = now - call.sentAt;
    this.#latency ??= latency;
    this.#latency += (latency - this.#latency) * newestLatency;
    if (this.#pace === undefined) this.#measure(now, call, underWay);
    else this.#followPace();
  }

  #measure(now: number, call: SentCall, underWay: number): void {
    this.#epoch.ended(call, now, underWay);
    const throughput = this.#epoch.measured(now);
    if (throughput === undefined) return;
    const { degree, reason } = this.#degrees.measured(throughput);
    this.#setDegree(degree, reason, throughput);
    this.#epoch = new Epoch(this.#degrees.plan, now);
  }

  #setPace(now: number, reason: PaceReason): void {
    const from = this.rate;
    const { rate } = this.#rates;
    this.#pace ??= new EvenPace(rate, now);
    this.#pace.rate = rate;
    const { estimate } = this;
    this.#decided({ type: 'pace-set', from, to: this.rate, estimate, reason });
    this.#followPace();
  }

  /** The most calls at once do not reach the pace any more, so it is the degree again that counts. */
  #leavePace(now: number): void {
    const from = this.rate;
    const { estimate } = this;
    this.#pace = undefined;
    this.#rates.forget();
    this.#decided({ type: 'pace-set', from, to: undefined, estimate, reason: 'not-needed' });
    const { degree } = this.#degrees.plan;
    this.#setDegree(degree, 'unpaced', undefined);
    this.#epoch = new Epoch(this.#degrees.plan, now);
  }

  /** As many at once as the pace needs, and some more so that slow calls do not hold it up. */
  #followPace(): void {
    const { rate = 0 } = this.#pace ?? {};
    const needed = Math.ceil(1.5 * this.#callsInFlightAt(rate)) + 1;
    const to = Math.min(this.max, Math.max(this.#min, needed));
    // Not for every wobble of the latency.
    if (to > this.#degree || to < 0.7 * this.#degree) this.#setDegree(to, 'paced', undefined);
  }

  /** By Little's law. */
  #callsInFlightAt(rate: number): number {
    return rate * (this.#latency ?? firstLatency);
  }

  #setDegree(to: number, reason: DegreeReason, throughput: number | undefined): void {
    const from = this.#degree;
    if (to === from) return;
    this.#degree = to;
    const measured = perSecond(throughput);
    this.#decided({ type: 'degree-changed', from, to, reason, throughput: measured });
  }
}

function perSecond(perMs: number): number;
function perSecond(perMs: number | undefined): number | undefined;
function perSecond(perMs: number | undefined): number | undefined {
  return perMs === undefined ? undefined : perMs * 1_000;
}
