/**
 * The events of the operations that have no place yet, in the order of time: a doubly linked list.
 *
 * Invariant: what was taken out last is put back first; then putting back needs no search, because the
 * neighbours are those of then.
 *
 * @see Gavin Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017.
 * @module
 */

/** Events of operations of known outcome; nodes are numbered by time, from 1. */
export class OpenEvents {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** By node: the operation's number for an invocation, its complement for a return. */
  readonly #events: Int32Array;
  readonly #invocationNode: Int32Array;
  readonly #returnNode: Int32Array;

  /** @param events - by time: the number for an invocation, its complement for a return. */
  constructor(events: Int32Array) {
    const { length } = events;
    this.#events = new Int32Array(length + 1);
    this.#events.set(events, 1);
    this.#next = Int32Array.from({ length: length + 1 }, (_, node) => (node + 1) % (length + 1));
    this.#previous = Int32Array.from({ length: length + 1 }, (_, node) => (node || length + 1) - 1);
    this.#invocationNode = new Int32Array(length / 2);
    this.#returnNode = new Int32Array(length / 2);
    for (let node = 1; node <= length; node++) {
      const event = at(this.#events, node);
      if (event >= 0) this.#invocationNode[event] = node;
      else this.#returnNode[~event] = node;
    }
  }

  get isEmpty(): boolean {
    return this.#next[0] === 0;
  }

  /**
   * Adds the operations that were invoked before any of the open ones returned, in the order of invocation.
   *
   * @returns the one that returned first; undefined when nothing is open.
   */
  concurrent(into: number[]): number | undefined {
    for (let node = at(this.#next, 0); node !== 0; node = at(this.#next, node)) {
      const event = at(this.#events, node);
      if (event < 0) return ~event;
      into.push(event);
    }
    return undefined;
  }

  /** Takes an operation's two events out. */
  take(operation: number): void {
    this.#unlink(at(this.#invocationNode, operation));
    this.#unlink(at(this.#returnNode, operation));
  }

  /** Puts back the operation that was taken out last. */
  putBack(operation: number): void {
    this.#link(at(this.#returnNode, operation));
    this.#link(at(this.#invocationNode, operation));
  }

  #unlink(node: number): void {
    const next = at(this.#next, node);
    const previous = at(this.#previous, node);
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #link(node: number): void {
    this.#next[at(this.#previous, node)] = node;
    this.#previous[at(this.#next, node)] = node;
  }
}

/** An index that is always inside. */
function at(array: Int32Array, index: number): number {
  return array[index] as number;
}
