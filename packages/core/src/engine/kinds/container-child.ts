/**
 * A child of a running container, as its kind sees it.
 * @module
 */
import type { Child, ChildDefinition } from '../../container-kind.ts';
import type { ActionState } from '../action-state.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import type { ActionRecord } from '../records/action-record.ts';

export class ContainerChild implements Child {
  readonly #state: ActionState;

  constructor(state: ActionState) {
    this.#state = state;
  }

  get name(): string {
    return this.#state.name;
  }

  get kind(): string {
    const { node } = this.#state;
    return node.kind === 'container' ? node.container.name : node.kind;
  }

  get criticality(): ChildDefinition['criticality'] {
    return this.#state.criticality;
  }

  get metadata(): unknown {
    return this.#state.node.metadata;
  }

  get runAfter(): readonly string[] {
    const { node, frame } = this.#state;
    return node.runAfter.map(({ from }) => frame.at(from).name);
  }

  get successors(): readonly string[] {
    const { node, frame } = this.#state;
    return node.successors.map(({ to }) => frame.at(to).name);
  }

  get record(): ActionRecord | undefined {
    return this.#state.hasEnded ? this.#state : undefined;
  }

  get idempotencyKey(): string {
    return idempotencyKey(this.#state);
  }

  get outputs(): unknown {
    return this.#state.realOutputs;
  }

  get secure(): boolean {
    const { secureInputs, secureOutputs } = this.#state.node;
    return secureInputs || secureOutputs;
  }
}
