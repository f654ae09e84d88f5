/**
 * What there is to do in a run, as far as the definition says: every action outside of loops once. What
 * is in a loop counts by the loop's items, which are known when it runs.
 * @module
 */
import type { BodyDescription, NodeDescription, WorkflowDescription } from '@runafter/core';

/** Something that a progress bar counts, with what ends along with it. */
export interface OutlineStep {
  readonly address: string;
  readonly inside: readonly OutlineStep[];
}

/** The steps of a workflow by their addresses. */
export function outlineOf({ body }: WorkflowDescription): ReadonlyMap<string, OutlineStep> {
  const steps = new Map<string, OutlineStep>();
  for (const step of stepsOf(body)) addAll(step, steps);
  return steps;
}

function addAll(step: OutlineStep, steps: Map<string, OutlineStep>): void {
  steps.set(step.address, step);
  for (const each of step.inside) addAll(each, steps);
}

function stepsOf(body: BodyDescription): OutlineStep[] {
  return body.actions.map((node) => ({ address: node.path, inside: insideOf(node) }));
}

function insideOf(node: NodeDescription): OutlineStep[] {
  switch (node.kind) {
    case 'scope':
    case 'container':
      return stepsOf(node.body);
    case 'condition':
    case 'switch':
      return node.branches.map(({ path, body }) => ({ address: path, inside: stepsOf(body) }));
    default:
      return [];
  }
}
