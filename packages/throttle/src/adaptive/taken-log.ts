/**
 * How many calls were taken lately, second by second.
 * @module
 */

const seconds = 120;

export class TakenLog {
  readonly #seconds: { readonly second: number; weight: number }[] = [];

  add(now: number, weight: number): void {
    const second = Math.floor(now / 1_000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.weight += weight;
    else this.#seconds.push({ second, weight });
    if (this.#seconds.length > seconds) this.#seconds.shift();
  }

  /** What was taken from each second since `from` on up to `to`, the shortest time first. */
  *since(from: number, to: number): Generator<{ readonly time: number; readonly weight: number }> {
    let weight = 0;
    for (const entry of this.#seconds.toReversed()) {
      const begin = entry.second * 1_000;
      if (begin < from) return;
      weight += entry.weight;
      if (to > begin) yield { time: to - begin, weight };
    }
  }
}
