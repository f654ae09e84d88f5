/**
 * How many calls were taken lately, by the time at which they were sent.
 * @module
 */

/** Calls are counted together for as long as this, in milliseconds. */
const span = 250;
const mostEntries = 480;

interface Entry {
  readonly begin: number;
  weight: number;
}

export class TakenLog {
  /** The oldest first; spans without a call are left out. */
  readonly #entries: Entry[] = [];

  add(sentAt: number, weight: number): void {
    const begin = Math.floor(sentAt / span) * span;
    const index = this.#entries.findLastIndex((entry) => entry.begin <= begin);
    const entry = this.#entries[index];
    if (entry?.begin === begin) entry.weight += weight;
    else this.#entries.splice(index + 1, 0, { begin, weight });
    if (this.#entries.length > mostEntries) this.#entries.shift();
  }

  /**
   * The rate that a service must have given out at least: the highest of all times that end at `at`.
   *
   * Whatever it had saved up before is left out: no more than what it took `atFirst`, without what it gave out
   * meanwhile. With B saved up, a rate r gives B + r × time, so r is at least (taken - B) / time; and B is
   * atFirst.taken - r × atFirst.time.
   *
   * @param enough - how many calls have to be left for a rate.
   */
  sustained(
    since: number,
    at: number,
    atFirst: { readonly taken: number; readonly time: number },
    enough: number,
  ): number | undefined {
    let taken = 0;
    let highest: number | undefined;
    for (const { begin, weight } of this.#entries.toReversed()) {
      if (begin < since) break;
      taken += weight;
      const time = at - begin;
      if (taken - atFirst.taken < enough || time <= 2 * atFirst.time) continue;
      highest = Math.max(highest ?? 0, (taken - atFirst.taken) / (time - atFirst.time));
    }
    return highest;
  }

  /** The mean rate since then, or since the oldest call that is known. */
  rateSince(since: number, at: number): number {
    const oldest = this.#entries.length < mostEntries ? since : (this.#entries[0]?.begin ?? since);
    let taken = 0;
    for (const { begin, weight } of this.#entries) if (begin > since) taken += weight;
    return taken / Math.max(1, at - Math.max(since, oldest));
  }
}
