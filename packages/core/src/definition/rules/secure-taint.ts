/**
 * Follows secure values through a definition: what takes one as an input, or could read one, hides its
 * inputs; what hands one over hides its outputs. A child workflow that is given one is marked anew.
 *
 * The only way back in a definition is the state of an until, so the passes are repeated until no
 * state becomes secure any more. A value never stops being secure, therefore that ends.
 * @module
 */

import type { BodyDraft, NodeDraft } from '../builder/draft.ts';
import { compile } from '../compile.ts';
import type { Body, Node, Source, WorkflowDefinition } from '../definition.ts';

/** Sets `secureInputs`, `secureOutputs`, `secureItems` and `outputIsSecure` in a whole workflow. */
export function markSecure(body: BodyDraft): void {
  while (markBody(body, false));
}

/**
 * @param exposed - a secure value stands in the context of every function inside: the item of a loop
 *   or the state of an until further out, or the input of a child workflow.
 * @returns whether the state of an until became secure, so that another pass is needed.
 */
function markBody(body: BodyDraft, exposed: boolean): boolean {
  let again = false;
  const reach = body.nodes.map(() => exposed);
  body.nodes.forEach((node, index) => {
    // Functions that look names up can reach everything that has certainly ended, however far away.
    if (body.workflow.looksUpNames) {
      reach[index] ||= node.runAfter.some(({ from }) => {
        return reach[from] || body.nodes[from]?.secureOutputs;
      });
    }
    const reaches = reach[index] === true;
    if (reaches || node.inputs.some((source) => isSecure(body, source))) node.secureInputs = true;
    if (markInside(body, node, reaches)) again = true;
  });
  body.outputIsSecure = body.output !== undefined && isSecure(body, body.output);
  return again;
}

function markInside(body: BodyDraft, node: NodeDraft, exposed: boolean): boolean {
  switch (node.kind) {
    case 'child':
      if (node.secureInputs) node.workflow = withSecureInput(node.workflow);
      if (node.workflow.body.outputIsSecure) node.secureOutputs = true;
      return false;
    case 'scope':
      return markContainer(body, node, node.inputs, node.body, exposed);
    case 'container': {
      const again = markContainer(body, node, node.inputs, node.body, exposed);
      // The kind sees what its children hand over, and decides itself what it makes of that.
      if (node.body.nodes.some((child) => child.secureOutputs)) node.secureOutputs = true;
      return again;
    }
    case 'condition':
    case 'switch': {
      let again = false;
      for (const branch of node.branches) {
        branch.secureInputs = node.secureInputs;
        // A branch is handed what its condition was.
        if (markContainer(body, branch, node.inputs, branch.body, exposed)) again = true;
        if (branch.secureOutputs) node.secureOutputs = true;
      }
      return again;
    }
    case 'forEach':
      node.secureItems = node.secureInputs;
      node.body.secure.item = node.secureItems;
      return markContainer(body, node, node.inputs, node.body, exposed || node.secureItems);
    case 'until': {
      const { secure } = node.body;
      const before = secure.state;
      if (node.secureInputs) secure.state = true;
      const again = markContainer(body, node, node.inputs, node.body, exposed || secure.state);
      if (node.body.outputIsSecure) secure.state = true;
      if (secure.state) node.secureOutputs = true;
      return again || secure.state !== before;
    }
    default:
      return false;
  }
}

function markContainer(
  around: BodyDraft,
  node: NodeDraft,
  inputs: readonly Source[],
  body: BodyDraft,
  exposed: boolean,
): boolean {
  const { secure } = body;
  inputs.forEach((source, position) => {
    secure.inputs[position] = secure.allInputs || isSecure(around, source);
  });
  const again = markBody(body, exposed);
  if (body.outputIsSecure) node.secureOutputs = true;
  return again;
}

const withSecure = new WeakMap<WorkflowDefinition, WorkflowDefinition>();

/** The same workflow, with an input that is secure: every function inside can read it. */
function withSecureInput(workflow: WorkflowDefinition): WorkflowDefinition {
  let secure = withSecure.get(workflow);
  if (secure === undefined) {
    const body = draftOf(workflow.body, false);
    while (markBody(body, true));
    secure = Object.freeze({ ...workflow, body: compile(body) });
    withSecure.set(workflow, secure).set(secure, secure);
  }
  return secure;
}

/** A compiled body as one whose marks can change. */
function draftOf(body: Body, allInputs: boolean): BodyDraft {
  return {
    ...body,
    workflow: { looksUpNames: false },
    nodes: body.nodes.map(nodeDraftOf),
    secure: { allInputs, inputs: [], item: false, state: false },
  } as unknown as BodyDraft;
}

function nodeDraftOf(node: Node): NodeDraft {
  const draft = { ...node } as NodeDraft;
  if ('body' in node) Object.assign(draft, { body: draftOf(node.body, node.secureInputs) });
  if ('branches' in node) Object.assign(draft, { branches: node.branches.map(nodeDraftOf) });
  return draft;
}

/** A result holds the inputs and the error too, so it is as secure as any of them. */
function isSecure(body: BodyDraft, source: Source): boolean {
  switch (source.from) {
    case 'sibling': {
      const node = body.nodes[source.index];
      if (node === undefined) return false;
      return node.secureOutputs || (source.as === 'result' && node.secureInputs);
    }
    case 'inputs':
      return body.secure.inputs[source.position] === true;
    case 'item':
      return body.secure.item;
    case 'state':
      return body.secure.state;
    case 'index':
      return false;
  }
}
