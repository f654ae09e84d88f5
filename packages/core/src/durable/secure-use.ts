/**
 * Finds out whether a durable run has to store a secure value: one that something else needs later,
 * perhaps in another process.
 *
 * Invariant: undefined means that no secure value is needed after a restart, so the store need not
 * have any. The question is answered strictly: an edge counts as a use whichever statuses it accepts,
 * because a function that looks names up can reach past it.
 * Read next: ../definition/rules/secure-taint.ts, which has marked what is secure.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { Body, Node, WorkflowDefinition } from '../definition/definition.ts';

/** A secure value that is needed later. */
export interface SecureUse {
  /** The address of what hands it over, such as `Orders/Token`; inside a child workflow below its action. */
  readonly path: string;
  /**
   * The address of what needs it: an action, or the container whose output it is; empty where it is the
   * output of the workflow itself. The same as `path` for what keeps what it is given itself: the items
   * of a loop, the state of an until, the input of a child workflow, the payload of an event.
   */
  readonly usedBy: string;
}

/** `CIPHER_REQUIRED`: a durable run would have to store a secure value, and has no cipher. */
export class CipherRequiredError extends RunafterError {
  readonly workflow: string;
  readonly path: string;
  readonly usedBy: string;

  constructor(workflow: string, { path, usedBy }: SecureUse) {
    super(
      'CIPHER_REQUIRED',
      `A durable run of workflow "${workflow}" needs a cipher: ${reasonFor(path, usedBy)}, so it has ` +
        `to be stored. Pass cipher, or let ${path === usedBy ? 'it be' : `"${path}" hand over`} ` +
        'a reference to the secret instead.',
    );
    this.workflow = workflow;
    this.path = path;
    this.usedBy = usedBy;
  }
}

function reasonFor(path: string, usedBy: string): string {
  if (path === usedBy) return `what "${path}" is given is secure`;
  const user = usedBy === '' ? 'is the output of the workflow' : `is used by "${usedBy}"`;
  return `what "${path}" hands over is secure and ${user}`;
}

const found = new WeakMap<WorkflowDefinition, { readonly first: SecureUse | undefined }>();

/** The first secure value of a definition that is needed later; undefined when there is none. */
export function secureUse(definition: WorkflowDefinition): SecureUse | undefined {
  let known = found.get(definition);
  if (known === undefined) {
    known = { first: usesIn(definition.body, '').next().value };
    found.set(definition, known);
  }
  return known.first;
}

/** @param owner - the address of the container whose body it is; empty for that of the workflow. */
function* usesIn(body: Body, owner: string): Generator<SecureUse, undefined> {
  for (const node of body.nodes) {
    const usedBy = node.address;
    for (const { from } of node.runAfter) {
      const before = body.nodes[from];
      if (before?.secureOutputs) yield { path: before.address, usedBy };
    }
    if (keepsSecureValues(node)) yield { path: usedBy, usedBy };
    yield* usesInside(node);
  }
  if (body.outputIsSecure) yield { path: outputOf(body) ?? owner, usedBy: owner };
  return undefined;
}

function* usesInside(node: Node): Generator<SecureUse, undefined> {
  switch (node.kind) {
    case 'scope':
    case 'forEach':
      yield* usesIn(node.body, node.address);
      return undefined;
    case 'condition':
    case 'switch':
      for (const branch of node.branches) yield* usesIn(branch.body, branch.address);
      return undefined;
    case 'until':
    case 'container': {
      yield* usesIn(node.body, node.address);
      // `done` may look up whatever a round has made, and a kind sees what its children hand over.
      const child = node.body.nodes.find(({ secureOutputs }) => secureOutputs);
      if (child !== undefined) yield { path: child.address, usedBy: node.address };
      return undefined;
    }
    case 'child': {
      const use = secureUse(node.workflow);
      if (use !== undefined) yield { path: below(node, use.path), usedBy: below(node, use.usedBy) };
      return undefined;
    }
    default:
      return undefined;
  }
}

/** Whether it stores, for itself, something secure that it was given or has made of that. */
function keepsSecureValues(node: Node): boolean {
  switch (node.kind) {
    case 'forEach':
      return node.secureItems;
    case 'until':
    case 'child':
      return node.secureInputs;
    case 'waitFor':
      return node.secureOutputs;
    default:
      return false;
  }
}

/** The address of what a body hands over, where that is of one of its own nodes. */
function outputOf({ output, nodes }: Body): string | undefined {
  return output?.from === 'sibling' ? nodes[output.index]?.address : undefined;
}

function below(node: Node, address: string): string {
  return address === '' ? node.address : `${node.address}/${address}`;
}
