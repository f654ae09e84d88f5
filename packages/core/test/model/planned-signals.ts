/**
 * The signals of a plan: one for every wait that could ever begin in it, sent at the time that the wait
 * asks for.
 *
 * Waits that differ only in the iterations of outer loops ask for the same, so each of them is handed
 * one of several signals that are alike.
 * @module
 */
import { event } from '../../src/index.ts';
import { payloadFor } from './oracle.ts';
import { type BodyPlan, entryFor, type NodePlan, type Plan } from './plan.ts';

/** What all waits of a plan wait for. */
export const planned = event<string>('planned');

export interface PlannedSignal {
  /** Milliseconds from the start of the run. */
  readonly at: number;
  /** By which it is meant for its wait; and its payload. */
  readonly correlate: string;
  readonly id: string;
}

/** In the order of their times. */
export function plannedSignals({ body }: Plan): readonly PlannedSignal[] {
  const waits = [...waitsIn(body, '', undefined)].filter(({ at }) => Number.isFinite(at));
  return waits.map((wait, number) => ({ ...wait, id: `signal ${number}` })).sort(byTime);
}

function byTime(a: PlannedSignal, b: PlannedSignal): number {
  return a.at - b.at;
}

type Wait = Omit<PlannedSignal, 'id'>;

function* waitsIn({ nodes }: BodyPlan, around: string, index: number | undefined): Generator<Wait> {
  for (const node of nodes) {
    yield* waitsOf(node, around === '' ? node.name : `${around}/${node.name}`, index);
  }
}

function* waitsOf(node: NodePlan, address: string, index: number | undefined): Generator<Wait> {
  switch (node.kind) {
    case 'action':
    case 'delay':
      return;
    case 'waitFor':
      yield { at: entryFor(node.arrives, index), correlate: payloadFor(address, index) };
      return;
    case 'condition':
    case 'switch':
      for (const [name, body] of Object.entries(node.branches)) {
        yield* waitsIn(body, `${address}/${name}`, index);
      }
      return;
    case 'scope':
      return yield* waitsIn(node.body, address, index);
    case 'child':
      return yield* waitsIn(node.body, address, undefined);
    case 'forEach':
      for (let at = 0; at < Number(node.items); at++) yield* waitsIn(node.body, address, at);
      return;
    case 'until':
      for (let at = 0; at < node.maxIterations; at++) yield* waitsIn(node.body, address, at);
  }
}
