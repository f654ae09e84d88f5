/**
 * How many actions this process calls at the same time for the runs that it schedules itself.
 * @module
 */

export class Slots {
  #count: number;
  /** Told of each change how many are taken. */
  readonly #onChange: (used: number) => void;
  #used = 0;

  constructor(count: number, onChange: (used: number) => void) {
    this.#count = count;
    this.#onChange = onChange;
  }

  tryTake(): boolean {
    if (this.#used >= this.#count) return false;
    this.#used += 1;
    this.#onChange(this.#used);
    return true;
  }

  /** Gives out no more; those that are taken may still be given back. */
  close(): void {
    this.#count = 0;
  }

  giveBack(): void {
    this.#used -= 1;
    this.#onChange(this.#used);
  }
}
