/**
 * What the functions of a definition can read beside what they were handed: the run's input, the item
 * of the loop around them, and, in the data form, other actions by name.
 * @module
 */
import { ancestorsOf, isAncestor } from '../../definition/ancestors.ts';
import type { ActionState } from '../action-state.ts';
import { Frame } from '../frame.ts';
import { resultOf } from '../hand-over.ts';
import { LookUpError, notSucceeded } from './look-up-error.ts';

export class FlowContext {
  /** Who reads: an action, or a frame as a whole once everything in it has ended. */
  readonly #reader: ActionState | Frame;

  constructor(reader: ActionState | Frame) {
    this.#reader = reader;
  }

  get #frame(): Frame {
    return this.#reader instanceof Frame ? this.#reader : this.#reader.frame;
  }

  get input(): unknown {
    return this.#frame.owner.run.input;
  }

  get runId(): string {
    return this.#frame.owner.run.id;
  }

  /** The item of the innermost forEach around it. */
  get item(): unknown {
    return this.#iteration((frame) => frame.owner.state?.node.kind === 'forEach')?.item;
  }

  /** What the innermost until around it has given to the round. */
  get state(): unknown {
    return this.#iteration((frame) => frame.owner.state?.node.kind === 'until')?.item;
  }

  /** Number of the innermost iteration around it. */
  get index(): number | undefined {
    return this.#iteration((frame) => frame.index >= 0)?.index;
  }

  /**
   * The output of an action that has certainly ended before this one: a transitive predecessor in the
   * same container, or one of a container around it. A getter, because it is destructured.
   *
   * @throws {LookUpError} `OUTPUT_NOT_AVAILABLE`
   */
  get outputs(): (name: string) => unknown {
    return (name) => this.#output(name);
  }

  /**
   * The record of an action that has certainly ended before this one.
   *
   * @throws {LookUpError} `OUTPUT_NOT_AVAILABLE`
   */
  get result(): (name: string) => unknown {
    return (name) => resultOf(this.#find(name));
  }

  #output(name: string): unknown {
    const state = this.#find(name);
    if (state.status !== 'Succeeded') throw notSucceeded(name, state.status);
    return state.realOutputs;
  }

  #find(name: string): ActionState {
    let frame: Frame | undefined = this.#frame;
    let reader = this.#reader instanceof Frame ? undefined : this.#reader.node.index;
    while (frame !== undefined) {
      const { body } = frame;
      const index = hasBranches(frame) ? undefined : body.names.get(name);
      if (index !== undefined) {
        if (reader === undefined || isAncestor(body, index, reader)) return frame.at(index);
        throw new LookUpError(
          name,
          `"${name}" does not certainly end before "${body.nodes[reader]?.name}". ` +
            `Add "${name}" to its runAfter.`,
        );
      }
      const state: ActionState | undefined = frame.owner.state;
      reader = state?.node.index;
      frame = state?.frame;
    }
    throw new LookUpError(
      name,
      `There is no action "${name}" here or in a container around it. ` +
        'Containers are closed: ask for the container, and read its output or results.',
    );
  }

  #iteration(matches: (frame: Frame) => boolean): Frame | undefined {
    let frame: Frame | undefined = this.#frame;
    while (frame !== undefined && !(frame.index >= 0 && matches(frame))) {
      frame = frame.owner.state?.frame;
    }
    return frame;
  }
}

/** All that a handler can look up by name: the nearest of each name, unless that may end after it. */
export function* readableFrom(reader: ActionState): Generator<ActionState> {
  const names = new Set<string>();
  let state: ActionState | undefined = reader;
  while (state !== undefined) {
    const { frame, node }: ActionState = state;
    if (!hasBranches(frame)) {
      for (const index of ancestorsOf(frame.body, node.index)) {
        const known = frame.at(index);
        if (!names.has(known.name)) yield known;
      }
      for (const { name } of frame.body.nodes) names.add(name);
    }
    state = frame.owner.state;
  }
}

/** The frame of a condition or switch: what it names are branches, which nobody looks up. */
function hasBranches({ owner }: Frame): boolean {
  const kind = owner.state?.node.kind;
  return kind === 'condition' || kind === 'switch';
}
