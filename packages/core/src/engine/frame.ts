/**
 * A body being run: one state for each of its nodes, and how many have not ended yet. A scope has one
 * frame; a loop has one for each iteration.
 *
 * Invariant: `remaining` falls by one for each state that ends; at zero the owner is told, once.
 * @module
 */
import type { Body } from '../definition/definition.ts';
import { RUNNING, type StatusBits } from '../status.ts';
import { ActionState } from './action-state.ts';
import type { BodyOwner } from './body-owner.ts';

export class Frame {
  readonly owner: BodyOwner;
  /** Number of the iteration; -1 in a body that runs once. */
  readonly index: number;
  /** The item of the iteration, or the state that a round of an until was given. */
  readonly item: unknown;
  /** The status of the iteration once it has ended. */
  bits: StatusBits = RUNNING;
  remaining: number;
  /** Its place among the open frames of a loop. */
  place = 0;
  /** A body of one action, which most loops have, needs no list. */
  readonly #states: ActionState | readonly ActionState[];

  constructor(owner: BodyOwner, index: number, item: unknown) {
    const { nodes } = owner.body;
    this.owner = owner;
    this.index = index;
    this.item = item;
    this.remaining = nodes.length;
    const only = nodes.length === 1 ? nodes[0] : undefined;
    this.#states =
      only === undefined
        ? nodes.map((node) => new ActionState(node, this))
        : new ActionState(only, this);
  }

  get body(): Body {
    return this.owner.body;
  }

  get states(): readonly ActionState[] {
    return this.#states instanceof ActionState ? [this.#states] : this.#states;
  }

  /** The state of the node with this index. */
  at(index: number): ActionState {
    const states = this.#states;
    return states instanceof ActionState ? states : (states[index] as ActionState);
  }

  /** What stands before the names of its actions: empty, or a path with a slash behind. */
  get prefix(): string {
    const path = this.path;
    return path === '' ? '' : `${path}/`;
  }

  /** `Orders[3]` for an iteration, the container's path for a body that runs once. */
  get path(): string {
    const path = this.owner.path;
    return this.index < 0 ? path : `${path}[${this.index}]`;
  }
}
