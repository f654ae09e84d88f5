/**
 * A definition while it is being written: what builder.ts fills in and compile.ts freezes.
 *
 * Invariant: a body can only be written while its own function runs, so at any moment there is one
 * body of a workflow that takes new actions.
 * @module
 */
import type { Limiter } from '@runafter/clock';
import type {
  Body,
  BranchNode,
  Criticality,
  Edge,
  Node,
  Source,
  Successor,
} from '../definition.ts';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';

/** What is known of the whole workflow while its bodies are written. */
export interface WorkflowDraft {
  readonly name: string;
  /** The body whose function runs now. */
  writing: BodyDraft | undefined;
  /** A terminate with status Succeeded stands somewhere inside. */
  terminatesSucceeded: boolean;
  /** The data form: its functions find other actions by name when they run. */
  looksUpNames: boolean;
  readonly events: Set<string>;
}

/** Which values that come into a body from outside are secure; see secure-taint.ts. */
export interface SecureEntry {
  /** The container's options say that all its inputs are. */
  readonly allInputs: boolean;
  readonly inputs: boolean[];
  item: boolean;
  state: boolean;
}

export interface BodyDraft {
  readonly workflow: WorkflowDraft;
  readonly parent: BodyDraft | undefined;
  /** What messages call it: `workflow`, `scope`, … */
  readonly kind: string;
  /** Where its container stands; empty for the workflow's own body. */
  readonly address: string;
  /** How many containers are around it. */
  readonly depth: number;
  /** Inside a forEach or until, at any depth. */
  readonly repeats: boolean;
  /** Those of all containers around it, in the global order. */
  readonly limiters: readonly Limiter[];
  /** What a node of it is that does not say its criticality. */
  readonly childCriticality: Criticality;
  readonly nodes: NodeDraft[];
  readonly names: Map<string, number>;
  readonly secure: SecureEntry;
  closed: boolean;
  output: Source | undefined;
  outputIsSecure: boolean;
}

type Draft<N> = {
  -readonly [K in keyof N]: N[K] extends Body
    ? BodyDraft
    : N[K] extends readonly BranchNode[]
      ? Draft<BranchNode>[]
      : N[K] extends readonly Successor[]
        ? Successor[]
        : N[K] extends readonly Edge[]
          ? Edge[]
          : N[K];
};

/** A node that can still change, its bodies being drafts too. */
export type NodeDraft = Node extends infer N ? (N extends Node ? Draft<N> : never) : never;
export type BranchDraft = Extract<NodeDraft, { kind: 'branch' }>;

/** More containers than this, one in the other, is a definition that contains itself. */
const maxDepth = 250;

/** Begins a body inside another one, or the workflow's own when there is none around it. */
export function openBody(
  workflow: WorkflowDraft,
  around:
    | {
        readonly parent: BodyDraft;
        readonly kind: string;
        readonly address: string;
        readonly repeats: boolean;
        readonly limiters: readonly Limiter[];
        readonly secureInputs: boolean;
        readonly childCriticality: Criticality | undefined;
      }
    | undefined,
): BodyDraft {
  const depth = around === undefined ? 0 : around.parent.depth + 1;
  if (depth > maxDepth) {
    throw new DefinitionError(
      'NESTING_TOO_DEEP',
      { workflow: workflow.name },
      `more than ${maxDepth} containers stand one in the other. Does the definition contain itself? ` +
        'For something that repeats use until or a child workflow.',
    );
  }
  return {
    workflow,
    parent: around?.parent,
    kind: around?.kind ?? 'workflow',
    address: around?.address ?? '',
    depth,
    repeats: around?.repeats ?? false,
    limiters: around?.limiters ?? [],
    childCriticality: around?.childCriticality ?? 'critical',
    nodes: [],
    names: new Map(),
    secure: { allInputs: around?.secureInputs ?? false, inputs: [], item: false, state: false },
    closed: false,
    output: undefined,
    outputIsSecure: false,
  };
}

/** Runs the function that writes a body, which is open for exactly that long. */
export function writing<T>(body: BodyDraft, write: () => T): T {
  const { workflow } = body;
  const before = workflow.writing;
  workflow.writing = body;
  try {
    return write();
  } finally {
    workflow.writing = before;
    body.closed = true;
  }
}

/** Refuses a flow that is used while its body is not the one being written. */
export function checkOpen(body: BodyDraft, place: DefinitionPlace): void {
  if (body.workflow.writing === body) return;
  const inner = body.workflow.writing;
  throw new DefinitionError(
    'FLOW_CLOSED',
    place,
    body.closed || inner === undefined
      ? `the flow of ${nameOfBody(body)} is closed, because its body has returned. ` +
          'Add everything inside the body, and before anything asynchronous.'
      : `the flow of ${nameOfBody(body)} is closed while the body of ${nameOfBody(inner)} is written. ` +
          'Use the flow that this body was given.',
  );
}

/** What messages call a body: `scope "Orders/Notify"`. */
export function nameOfBody(body: BodyDraft): string {
  return body.address === ''
    ? `workflow "${body.workflow.name}"`
    : `${body.kind} "${body.address}"`;
}

/** Where something with this name would stand in a body. */
export function addressIn(body: BodyDraft, name: string): string {
  return body.address === '' ? name : `${body.address}/${name}`;
}
