/**
 * Data flows along the edges: what a node is handed when it starts, and what a body hands back.
 * @module
 */
import type { Source } from '../definition/definition.ts';
import { type ActionState, NOTHING } from './action-state.ts';
import type { Frame } from './frame.ts';

/** The values of a list of sources, in its order. */
export function handOver(frame: Frame, sources: readonly Source[]): readonly unknown[] {
  if (sources.length === 0) return NOTHING;
  const values = new Array<unknown>(sources.length);
  for (let position = 0; position < sources.length; position++) {
    values[position] = readSource(frame, sources[position] as Source);
  }
  return values;
}

/** The value of one source. */
export function readSource(frame: Frame, source: Source): unknown {
  switch (source.from) {
    case 'sibling': {
      const state = frame.at(source.index);
      return source.as === 'outputs' ? state.realOutputs : resultOf(state);
    }
    case 'inputs':
      return frame.owner.inputs[source.position];
    case 'index':
      return frame.index;
    default:
      return frame.item;
  }
}

/**
 * A record with its real outputs: records hide secure values, edges hand them over. Written as JSON,
 * as part of somebody's output, it still hides them.
 */
export function resultOf(state: ActionState): ActionState {
  const { node, detail } = state;
  if (!node.secureOutputs && !(node.secureInputs && detail?.iterations)) return state;
  return Object.create(state, {
    outputs: { value: state.realOutputs },
    iterations: { get: () => detail?.iterations?.(true) },
    toJSON: { value: () => state.toJSON() },
  }) as ActionState;
}
