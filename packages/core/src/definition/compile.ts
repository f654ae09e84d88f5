/**
 * Turns a written body into what the engine reads: edges in both directions, roots and leaves, and
 * everything frozen. Both ways of writing a workflow end here.
 *
 * Only what is ours is frozen. Functions, limiters and the options of foreign container kinds belong
 * to the user.
 * @module
 */

import type { BodyDraft, NodeDraft } from './builder/draft.ts';
import type { Body, BranchNode, Node } from './definition.ts';

/** Compiles a body with everything inside it. */
export function compile(body: BodyDraft): Body {
  const nodes = body.nodes.map(compileNode);
  const roots = nodes.filter((node) => node.waitsFor === 0).map((node) => node.index);
  const leaves = nodes.filter((node) => node.successors.length === 0).map((node) => node.index);
  return Object.freeze({
    nodes: Object.freeze(nodes),
    names: body.names,
    roots: Object.freeze(roots),
    leaves: Object.freeze(leaves),
    output: body.output,
    outputIsSecure: body.outputIsSecure,
  });
}

function compileNode(node: NodeDraft): Node {
  Object.freeze(node.runAfter);
  Object.freeze(node.successors);
  switch (node.kind) {
    case 'condition':
    case 'switch':
      return Object.freeze({
        ...node,
        branches: Object.freeze(node.branches.map((branch) => compileNode(branch) as BranchNode)),
      });
    case 'scope':
    case 'branch':
    case 'forEach':
    case 'until':
    case 'container':
      return Object.freeze({ ...node, body: compile(node.body) }) as Node;
    default:
      return Object.freeze(node);
  }
}
