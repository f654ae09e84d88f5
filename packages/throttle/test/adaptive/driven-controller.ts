/**
 * A controller with endless work and a service that a test makes up, in exact virtual time. What must hold at
 * every moment is checked at every moment.
 */
import { AdaptiveController, type CallEnd, type SentCall } from '../../src/adaptive/controller.ts';
import type { AdaptiveDecision } from '../../src/adaptive/decisions.ts';
import type { ParsedRate } from '../../src/budget-limits.ts';

/** What becomes of a call, and how long that takes. */
export type Reply = CallEnd & { readonly latency: number };

/** `inService` counts the call itself. */
export type Service = (now: number, inService: number) => Reply;

interface UnderWay {
  readonly call: SentCall;
  readonly end: CallEnd;
  readonly at: number;
}

export class DrivenController {
  readonly controller: AdaptiveController;
  readonly decisions: (AdaptiveDecision & { readonly at: number })[] = [];
  /** When calls were sent. */
  readonly sends: number[] = [];
  readonly refusals: number[] = [];
  /** How many calls were taken. */
  ok = 0;
  now = 0;
  readonly #service: Service;
  readonly #underWay: UnderWay[] = [];

  constructor(
    service: Service,
    options: { start?: number; min?: number; max?: number; limit?: ParsedRate } = {},
  ) {
    this.#service = service;
    const { start = 8, min = 1, max = 50, limit } = options;
    const decided = (decision: AdaptiveDecision) =>
      this.decisions.push({ ...decision, at: this.now });
    this.controller = new AdaptiveController({ start, min, max, limit, now: 0, decided });
  }

  /** Until that moment, with as many calls as are let in. */
  runTo(end: number): this {
    while (this.now < end) {
      const next = this.#send(end);
      this.now = Math.min(end, this.#underWay[0]?.at ?? Number.POSITIVE_INFINITY, next);
      this.#endCalls();
    }
    return this;
  }

  ofType<T extends AdaptiveDecision['type']>(type: T) {
    return this.decisions.filter(
      (decision): decision is typeof decision & Extract<AdaptiveDecision, { type: T }> =>
        decision.type === type,
    );
  }

  /** How many calls were sent in a time, its end not included. */
  sentIn(from: number, to: number): number {
    return this.sends.filter((at) => at >= from && at < to).length;
  }

  /** @returns when the next one may go. */
  #send(end: number): number {
    const { controller } = this;
    for (;;) {
      const next = controller.earliestStart(this.now);
      if (next > this.now || this.now >= end) return this.#checkProgress(next);
      check(this.now >= controller.pausedUntil, 'A call goes out during a pause.');
      this.sends.push(this.now);
      const call = controller.sent(this.now);
      check(controller.inFlight <= controller.max, 'More than the most are under way.');
      const { latency, ...reply } = this.#service(this.now, controller.inFlight);
      const at = this.now + latency;
      const place = this.#underWay.findLastIndex((before) => before.at <= at);
      this.#underWay.splice(place + 1, 0, { call, end: reply, at });
    }
  }

  /** There is always a moment to wait for, or a call. */
  #checkProgress(next: number): number {
    check(next < Number.POSITIVE_INFINITY || this.controller.inFlight > 0, 'It waits for nothing.');
    return next;
  }

  #endCalls(): void {
    for (let next = this.#underWay[0]; next && next.at <= this.now; next = this.#underWay[0]) {
      this.#underWay.shift();
      if (next.end.outcome === 'throttled') this.refusals.push(this.now);
      else this.ok++;
      this.controller.ended(this.now, next.call, next.end);
      const { inFlight, degree, max } = this.controller;
      check(inFlight === this.#underWay.length, 'A call was lost.');
      check(degree >= 1 && degree <= max, `The degree is ${degree}.`);
      // As the limiter does: whoever is next goes in with each end.
      this.#send(Number.POSITIVE_INFINITY);
    }
  }
}

/** Cheaper than expect(), which is too slow for millions of calls. */
function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
