/**
 * Turns that come in rounds: whoever enters says how many rounds ahead its turn is.
 *
 * Invariant: turns come in the order of their rounds, and those of the same round in the order of entering.
 * Rounds without a turn are skipped, however many they are. Turns of the next round, which most are, take
 * constant time; those further ahead the logarithm of how many different rounds they are in.
 * @module
 */
import { Heap } from '@runafter/clock/waiting';
import { Line } from '../line.ts';

export class Rounds<T> {
  #round = 0;
  #current = new Line<T>();
  #next = new Line<T>();
  readonly #further = new Map<number, Line<T>>();
  readonly #furtherRounds = new Heap<number>((a, b) => a - b);

  /** @param ahead - 1 is the next round. */
  enter(turn: T, ahead: number): void {
    if (ahead === 1) this.#next.join(turn);
    else this.#lineOf(this.#round + ahead).join(turn);
  }

  /** Whose turn it is, until that is over. */
  get first(): T | undefined {
    if (this.#current.length === 0) this.#advance();
    return this.#current.first;
  }

  /** The turn of the first one is over. */
  endTurn(): void {
    this.#current.serve();
  }

  #lineOf(round: number): Line<T> {
    const known = this.#further.get(round);
    if (known !== undefined) return known;
    const line = new Line<T>();
    this.#further.set(round, line);
    this.#furtherRounds.push(round);
    return line;
  }

  #advance(): void {
    const next = this.#next;
    const further = this.#furtherRounds.peek();
    this.#round = next.length > 0 ? this.#round + 1 : (further ?? this.#round);
    this.#next = this.#current;
    this.#current = next;
    if (further !== this.#round) return;
    // They have entered before all who stand in `next`.
    this.#furtherRounds.pop();
    this.#current = this.#further.get(further) ?? next;
    this.#further.delete(further);
    for (let turn = next.serve(); turn !== undefined; turn = next.serve()) this.#current.join(turn);
  }
}
