/**
 * Looks for the rate that a service takes: slower after each event, then carefully faster.
 *
 * Why its estimate is right: at two events the service had nothing left to give. What it took in between is what
 * it gave out in between, whether it counts by a bucket or by a window. All rates are in calls per millisecond.
 * @module
 */
import { TakenLog } from './taken-log.ts';

/** From so many calls on, an estimate is one. */
const enough = 20;

export class RateSearch {
  #rate = Infinity;
  #estimate: number | undefined;
  readonly #log = new TakenLog();
  /** What is counted from: the event before, or the beginning. */
  #anchor: { readonly at: number; readonly isEvent: boolean };
  #taken = 0;
  #event = { at: 0, taken: 0 };
  #eventOpen = false;
  /** What was taken up to the first event, when no bucket was empty yet. */
  #burst: { taken: number; elapsed: number } | undefined;
  #resumedAt = 0;
  #pause = 1_000;
  #quietCalls = 0;
  #quietSince = 0;
  #steps = 0;

  constructor(now: number) {
    this.#anchor = { at: now, isEvent: false };
  }

  get rate(): number {
    return this.#rate;
  }

  get estimate(): number | undefined {
    return this.#estimate;
  }

  documented(rate: number, now: number): void {
    this.#estimate = rate;
    this.#rate = 0.95 * rate;
    this.#quietSince = now;
  }

  taken(now: number, weight: number): void {
    this.#taken += weight;
    this.#log.add(now, weight);
  }

  /** A new event begins. */
  refused(now: number): void {
    this.#event = { at: now, taken: this.#taken };
    this.#eventOpen = true;
  }

  share(throttled: number, inFlight: number): number {
    return throttled / Math.max(1, this.#taken + throttled + inFlight);
  }

  /** The event is left at that. */
  bear(): void {
    if (this.#eventOpen) this.#count();
    this.#eventOpen = false;
  }

  slowDown(resumedAt: number, inFlight: number): boolean {
    if (!this.#eventOpen) return false;
    this.#eventOpen = false;
    const { at, taken } = this.#event;
    this.#pause = Math.max(1, resumedAt - at);
    const floor = 0.5 / this.#pause;
    const provisional =
      (0.95 * (this.#taken + inFlight)) / Math.max(1, resumedAt - this.#anchor.at);
    this.#burst ??= { taken: this.#taken, elapsed: at - this.#anchor.at };
    if (this.#anchor.isEvent && taken >= enough) {
      const cycle = taken / Math.max(1, at - this.#anchor.at);
      this.#estimate = Math.max(cycle, this.#sustained(at));
    }
    const rate = this.#rate;
    const est = this.#estimate;
    if (est === undefined) this.#rate = Math.max(floor, Math.min(provisional, 0.95 * rate));
    else this.#rate = Math.max(floor, est >= rate ? 0.8 * rate : Math.min(0.95 * est, 0.95 * rate));
    if (taken >= enough) this.#count();
    this.#resumedAt = resumedAt;
    this.#quietCalls = 0;
    this.#quietSince = resumedAt;
    this.#steps = 0;
    return true;
  }

  #count(): void {
    this.#taken -= this.#event.taken;
    this.#anchor = { at: this.#event.at, isEvent: true };
  }

  #sustained(at: number): number {
    const { taken = 0, elapsed = 0 } = this.#burst ?? {};
    let best = 0;
    for (const { time, weight } of this.#log.since(
      Math.max(this.#resumedAt, this.#anchor.at),
      at,
    )) {
      if (weight - taken < enough || time <= 2 * elapsed) continue;
      best = Math.max(best, (weight - taken) / (time - elapsed));
    }
    return best;
  }

  /** A call that the pace had held back was taken. Whether the rate changed. */
  quiet(now: number, weight: number): boolean {
    this.#quietCalls += weight;
    const isFirst = this.#steps === 0 && this.#estimate !== undefined;
    const time =
      this.#estimate === undefined
        ? Math.min(this.#pause, 5_000)
        : isFirst
          ? 10 * this.#pause
          : this.#pause;
    if (this.#quietCalls < (isFirst ? 40 : 10) || now - this.#quietSince < time) return false;
    this.#quietCalls = 0;
    this.#quietSince = now;
    const estimate = this.#estimate;
    if (estimate === undefined) this.#rate *= 1.15;
    else if (this.#rate < 0.99 * estimate) this.#rate = 0.99 * estimate;
    else this.#rate *= 1 + Math.min(0.25, 0.01 * 2 ** this.#steps);
    this.#steps++;
    return true;
  }
}
