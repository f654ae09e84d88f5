/**
 * Follows secure values through a definition: what takes one as an input hides its inputs, what
 * hands one over hides its outputs.
 *
 * The only way back in a definition is the state of an until, so the passes are repeated until no
 * state becomes secure any more. A value never stops being secure, therefore that ends.
 * @module
 */
import type { Source } from './definition.ts';
import type { BodyDraft, NodeDraft } from './draft.ts';

/** Sets `secureInputs`, `secureOutputs`, `secureItems` and `outputIsSecure` in a whole workflow. */
export function markSecure(body: BodyDraft): void {
  let again = true;
  while (again) again = markBody(body, false);
}

/**
 * @param itemIsSecure - a loop further out has secure items, which every function inside can read
 *   from its context.
 * @returns whether the state of an until became secure, so that another pass is needed.
 */
function markBody(body: BodyDraft, itemIsSecure: boolean): boolean {
  let again = false;
  for (const node of body.nodes) {
    if (itemIsSecure || node.inputs.some((source) => isSecure(body, source))) {
      node.secureInputs = true;
    }
    if (markInside(body, node, itemIsSecure)) again = true;
  }
  body.outputIsSecure = body.output !== undefined && isSecure(body, body.output);
  return again;
}

function markInside(body: BodyDraft, node: NodeDraft, itemIsSecure: boolean): boolean {
  switch (node.kind) {
    case 'child':
      if (node.workflow.body.outputIsSecure) node.secureOutputs = true;
      return false;
    case 'scope':
      return markContainer(body, node, node.inputs, node.body, itemIsSecure);
    case 'container': {
      const again = markContainer(body, node, node.inputs, node.body, itemIsSecure);
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
        if (markContainer(body, branch, node.inputs, branch.body, itemIsSecure)) again = true;
        if (branch.secureOutputs) node.secureOutputs = true;
      }
      return again;
    }
    case 'forEach':
      node.secureItems = node.secureInputs;
      node.body.secure.item = node.secureItems;
      return markContainer(body, node, node.inputs, node.body, itemIsSecure || node.secureItems);
    case 'until': {
      const { secure } = node.body;
      const before = secure.state;
      if (node.secureInputs) secure.state = true;
      const again = markContainer(body, node, node.inputs, node.body, itemIsSecure);
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
  itemIsSecure: boolean,
): boolean {
  const { secure } = body;
  inputs.forEach((source, position) => {
    secure.inputs[position] = secure.allInputs || isSecure(around, source);
  });
  const again = markBody(body, itemIsSecure);
  if (body.outputIsSecure) node.secureOutputs = true;
  return again;
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
