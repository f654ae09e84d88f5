/**
 * The configurations that a search has seen: which operations have their place, and the state they led to.
 *
 * Invariant: a configuration is written down whole, so two different ones are never taken for the same.
 * It stays short because nearly all operations before the first open one have their place: only those
 * from there to the last that can have one, a few concurrent ones, are written bit by bit.
 *
 * Of two configurations that differ only in which operations of unknown outcome took effect, the one
 * with fewer of them can do all that the other can, so the other is not worth a visit.
 * @module
 */
import { never, type ObjectHistory } from './object-history.ts';

const wordBits = 16;

/** What has its place, and where the search has been. */
export class Visited {
  readonly #words: Uint16Array;
  readonly #known: number;
  /** By operation: how many known ones were invoked before it returned. */
  readonly #reach: Int32Array;
  readonly #seen = new Map<string, bigint | bigint[]>();
  /** The first operation without a place. */
  #first = 0;
  /** The operations of unknown outcome that took effect, a bit each. */
  #effects = 0n;
  #size = 0;

  constructor({ known, invokedAt, returnedAt }: ObjectHistory<unknown, unknown, unknown>) {
    this.#known = known;
    this.#words = new Uint16Array(Math.ceil(known / wordBits) + 1);
    this.#reach = reachOf(invokedAt.subarray(0, known), returnedAt.subarray(0, known));
  }

  /** How many configurations are kept. */
  get size(): number {
    return this.#size;
  }

  /** Gives an operation its place. */
  place(operation: number): void {
    if (operation >= this.#known) {
      this.#effects |= 1n << BigInt(operation - this.#known);
      return;
    }
    this.#flip(operation);
    while (this.#first < this.#known && this.#has(this.#first)) this.#first++;
  }

  /** Takes it back. */
  takeBack(operation: number): void {
    if (operation >= this.#known) {
      this.#effects ^= 1n << BigInt(operation - this.#known);
      return;
    }
    this.#flip(operation);
    if (operation < this.#first) this.#first = operation;
  }

  /** Notes a configuration; false when it, or one that can do all that it can, was there before. */
  visit(stateKey: string | number | bigint): boolean {
    const key = this.#writeDown() + stateKey;
    const effects = this.#effects;
    const before = this.#seen.get(key);
    if (before === undefined) this.#seen.set(key, effects);
    else if (typeof before === 'bigint') {
      if (isWithin(before, effects)) return false;
      this.#seen.set(key, [before, effects]);
    } else {
      if (before.some((fewer) => isWithin(fewer, effects))) return false;
      before.push(effects);
    }
    this.#size++;
    return true;
  }

  /** How many words there are follows from the first, so what comes behind needs no separator. */
  #writeDown(): string {
    const first = this.#first;
    let text = String.fromCharCode(first & 0xffff, first >>> wordBits);
    if (first === this.#known) return text;
    const last = (this.#reach[first] as number) >>> 4;
    for (let word = first >>> 4; word <= last; word++) {
      text += String.fromCharCode(this.#words[word] as number);
    }
    return text;
  }

  #has(operation: number): boolean {
    return (((this.#words[operation >>> 4] as number) >>> (operation & 15)) & 1) === 1;
  }

  #flip(operation: number): void {
    const word = operation >>> 4;
    this.#words[word] = (this.#words[word] as number) ^ (1 << (operation & 15));
  }
}

function isWithin(fewer: bigint, more: bigint): boolean {
  return (fewer & more) === fewer;
}

/** Numbers are in the order of invocation, so each answer is found by bisection. */
function reachOf(invokedAt: Int32Array, returnedAt: Int32Array): Int32Array {
  return returnedAt.map((end) => {
    let low = 0;
    let high = invokedAt.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((invokedAt[middle] ?? never) < end) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
