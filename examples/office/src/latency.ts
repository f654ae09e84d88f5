/**
 * How long a service takes to answer: log-normal, and longer the more calls it has in hand.
 *
 * Invariant: the same seed gives the same times in the order in which the calls arrive.
 * @module
 */
import { type Duration, parseDuration, type Random } from '@runafter/clock';

/** By how much the calls in service, this one included, stretch an answer: 1 = not at all. */
export type Congestion = (inService: number) => number;

/** Each call in service beyond the first adds `perCall` of the mean: 0.11 → 10 calls take twice as long. */
export function linearCongestion(perCall: number): Congestion {
  return (inService) => 1 + perCall * Math.max(0, inService - 1);
}

/** Up to `knee` calls cost nothing; each one beyond adds `perCall` of the mean. */
export function kneeCongestion(knee: number, perCall: number): Congestion {
  return (inService) => 1 + perCall * Math.max(0, inService - knee);
}

export interface LatencyOptions {
  /** Mean time of a GET. */
  readonly read: Duration;
  /** Mean time of everything else. */
  readonly write: Duration;
  /** Spread of the logarithm: 0 = always the mean, 0.3 = two thirds within ± 30 %. Default 0.3. */
  readonly sigma?: number;
  /** Default: none. */
  readonly congestion?: Congestion;
}

export class Latency {
  readonly #means: Readonly<Record<'read' | 'write', number>>;
  readonly #sigma: number;
  readonly #congestion: Congestion;
  readonly #random: Random;

  constructor(options: LatencyOptions, random: Random) {
    this.#means = {
      read: parseDuration(options.read, 'latency.read'),
      write: parseDuration(options.write, 'latency.write'),
    };
    this.#sigma = options.sigma ?? 0.3;
    this.#congestion = options.congestion ?? (() => 1);
    this.#random = random;
  }

  /** @returns milliseconds for the next call. */
  draw(kind: 'read' | 'write', inService: number): number {
    // exp(sigma z) has the mean exp(sigma² / 2); dividing it out keeps the mean what was asked for.
    const factor = Math.exp(this.#sigma * this.#normal() - this.#sigma ** 2 / 2);
    return this.#means[kind] * this.#congestion(inService) * factor;
  }

  /** Box–Muller; two numbers are drawn for each call, so that the sequence depends on nothing else. */
  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    return radius * Math.cos(2 * Math.PI * this.#random());
  }
}
