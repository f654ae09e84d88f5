/**
 * People who stand in a line: first come, first served, and anybody may leave.
 *
 * Invariant: joining, leaving from the middle and serving the first one take the same short time, however
 * long the line is.
 * @module
 */

/** Somebody's place in a {@link Line}. */
export interface Place<T> {
  readonly item: T;
  before: Place<T> | undefined;
  behind: Place<T> | undefined;
  inLine: boolean;
}

export class Line<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Who is next. */
  get first(): T | undefined {
    return this.#first?.item;
  }

  /** Goes to the end. The place is for {@link Line.leave}. */
  join(item: T): Place<T> {
    const place: Place<T> = { item, before: this.#last, behind: undefined, inLine: true };
    if (this.#last === undefined) this.#first = place;
    else this.#last.behind = place;
    this.#last = place;
    this.#length++;
    return place;
  }

  /** Takes out the first one. */
  serve(): T | undefined {
    const first = this.#first;
    if (first !== undefined) this.leave(first);
    return first?.item;
  }

  /** Gives up a place, wherever it is; one that was given up before stays so. */
  leave(place: Place<T>): void {
    if (!place.inLine) return;
    place.inLine = false;
    const { before, behind } = place;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    this.#length--;
  }
}
