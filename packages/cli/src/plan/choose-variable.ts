/**
 * What a plan varies, when nobody has said.
 * @module
 */
import type { Workflow } from '@runafter/core';
import type { Body } from '@runafter/core/definition';
import { didYouMean } from '@runafter/errors';
import type { KnownFacts } from './known-facts.ts';
import { PlanError } from './plan-errors.ts';
import type { Variable } from './simulate-run.ts';

/**
 * The loop of that address. Without one: of the outermost loops the one with the most items, or how many actions at
 * once where there is no loop.
 *
 * @throws {PlanError} `PLAN_INVALID`: there is no such loop.
 */
export function chooseVariable(
  { definition }: Workflow<unknown, unknown>,
  facts: KnownFacts,
  loop: string | undefined,
): Variable {
  const loops = [...loopsIn(definition.body, '', 0)];
  if (loop !== undefined) {
    const addresses = loops.map(({ address }) => address);
    if (addresses.includes(loop)) return { kind: 'loop', address: loop };
    const hint =
      loops.length === 0
        ? 'It has none.'
        : `It has ${addresses.join(', ')}.${didYouMean(loop, addresses)}`;
    throw new PlanError('loop', `"${loop}" is no loop of the workflow. ${hint}`);
  }
  const least = Math.min(...loops.map(({ depth }) => depth));
  const outermost = loops.filter(({ depth }) => depth === least);
  const itemsOf = (address: string): number => {
    const known = facts.actions.get(address);
    return known?.of === 'loop' ? known.items : 0;
  };
  const [first, ...others] = outermost;
  if (first === undefined) return { kind: 'maxConcurrentActions' };
  const largest = others.reduce(
    (best, other) => (itemsOf(other.address) > itemsOf(best.address) ? other : best),
    first,
  );
  return { kind: 'loop', address: largest.address };
}

interface FoundLoop {
  readonly address: string;
  /** How many loops are around it. */
  readonly depth: number;
}

function* loopsIn(body: Body, prefix: string, depth: number): Generator<FoundLoop> {
  for (const node of body.nodes) {
    const address = prefix + node.name;
    if (node.kind === 'forEach') {
      yield { address, depth };
      yield* loopsIn(node.body, `${address}/`, depth + 1);
    } else if (node.kind === 'condition' || node.kind === 'switch') {
      for (const { name, body: branch } of node.branches) {
        yield* loopsIn(branch, `${address}/${name}/`, depth);
      }
    } else if (node.kind === 'child') yield* loopsIn(node.workflow.body, `${address}/`, depth);
    else if ('body' in node) yield* loopsIn(node.body, `${address}/`, depth);
  }
}
