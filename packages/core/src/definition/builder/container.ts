/**
 * How a container kind from outside this package is put into a flow.
 *
 * Such a kind is offered to users as a function like `saga(flow, name, runAfter, body)`, which calls
 * container() and is typed as `scope` is. Read next: ../container-kind.ts for what a kind can do.
 * @module
 */
import type { ChildDefinition, ContainerKind } from '../../container-kind.ts';
import type { Body } from '../definition.ts';
import { DefinitionError, HandleError } from '../definition-error.ts';
import { describeBody } from '../describe.ts';
import type { BodyOf, ContainerOptions, Flow } from '../flow.ts';
import { type Dependency, type Handle, HandleReference } from '../handle.ts';
import { checkName } from '../rules/name-rules.ts';
import { containerOptions } from '../rules/option-rules.ts';
import { showValue } from '../rules/show-value.ts';
import { FlowBuilder, newFlow } from './builder.ts';
import { type BodyDraft, nameOfBody } from './draft.ts';
import { addNode, beginNode, type NodeStart, writeBody } from './node-base.ts';

/**
 * Adds a container of the given kind to a flow.
 *
 * @param body - as in `scope`; what it returns is handed over unless the kind decides otherwise.
 * @param options - those that every container takes, and those of the kind, in one object.
 * @throws {DefinitionError} as `scope`; `CONTAINER_KIND_INVALID`; and what the kind's `check` throws.
 * @example
 * export function saga<In, O, X, const R extends readonly Dependency<NoInfer<O>, unknown>[], T = void>(
 *   flow: Flow<In, O, X>,
 *   name: string,
 *   runAfter: R,
 *   body: BodyOf<In, X, R, T>,
 *   options: ContainerOptions = {},
 * ): Handle<O, T> {
 *   return container(flow, sagaKind, name, runAfter, body, options);
 * }
 */
export function container<
  Options extends object,
  State,
  In,
  O,
  X,
  const R extends readonly Dependency<NoInfer<O>, unknown>[],
  T = void,
>(
  flow: Flow<In, O, X>,
  kind: ContainerKind<Options, State>,
  name: string,
  runAfter: R,
  body: BodyOf<In, X, R, T>,
  options: Options & ContainerOptions,
): Handle<O, T> {
  const around = bodyOf(flow);
  checkKind(kind, around);
  const known = kind.optionNames ?? Object.keys(options ?? {});
  const start = beginNode(around, kind.name, name, runAfter, options, [
    ...containerOptions,
    ...known,
  ]);
  const childCriticality = kind.childCriticality?.(optionsOf(start) as Options);
  const inside = writeBody(start, { childCriticality }, 'body', body, newFlow);
  const kindOptions = optionsOf(start);
  kind.check?.({
    workflow: around.workflow.name,
    path: start.base.address,
    options: kindOptions as Options,
    children: inside.nodes.map((_, index) => childOf(inside, index)),
    get body() {
      return describeBody(inside as unknown as Body);
    },
  });
  const handle = addNode(around, {
    kind: 'container',
    ...start.base,
    container: kind as ContainerKind<unknown, unknown>,
    options: kindOptions,
    body: inside,
  });
  return handle as unknown as Handle<O, T>;
}

/**
 * Keeps something about a child, which its container's kind then finds in `child.metadata`.
 *
 * @param handle - of an action or container whose body is still being written.
 * @throws {DefinitionError} `HANDLE_INVALID`: not such a handle; `FLOW_CLOSED`: too late.
 */
// biome-ignore lint/suspicious/noExplicitAny: the brand is invariant, so only any matches every container.
export function setMetadata(handle: Handle<any, unknown>, metadata: unknown): void {
  const reference: unknown = handle;
  if (!(reference instanceof HandleReference) || reference.source.from !== 'sibling') {
    throw new HandleError(
      `setMetadata(…) takes the handle of an action or container, but got ${showValue(handle)}.`,
    );
  }
  const body = reference.owner as BodyDraft;
  const node = body.nodes[reference.source.index];
  if (body.closed || node === undefined) {
    throw new DefinitionError(
      'FLOW_CLOSED',
      { workflow: body.workflow.name, path: node?.address },
      `its metadata cannot be set any more, because the body of ${nameOfBody(body)} has returned.`,
    );
  }
  node.metadata = metadata;
}

function bodyOf(flow: object): BodyDraft {
  if (flow instanceof FlowBuilder) return flow.draft;
  throw new DefinitionError(
    'DEFINITION_INVALID',
    {},
    `a container was to be added to ${showValue(flow)}, which is not a flow. ` +
      'Pass the flow that a body was given.',
  );
}

const hooks = [
  'childCriticality',
  'check',
  'initialState',
  'childStarting',
  'childEnded',
  'finish',
] as const;

function checkKind<Options, State>(kind: ContainerKind<Options, State>, around: BodyDraft): void {
  const place = { workflow: around.workflow.name, path: around.address, kind: around.kind };
  if (typeof kind !== 'object' || kind === null) {
    throw new DefinitionError(
      'CONTAINER_KIND_INVALID',
      place,
      `${showValue(kind)} is not a container kind. A kind is an object with a name and hooks.`,
    );
  }
  checkName(kind.name, 'container kind', place);
  const wrong = hooks.find((hook) => kind[hook] !== undefined && typeof kind[hook] !== 'function');
  if (wrong === undefined) return;
  throw new DefinitionError(
    'CONTAINER_KIND_INVALID',
    place,
    `${wrong} of the container kind "${kind.name}" is ${showValue(kind[wrong])}, but must be a function.`,
    { option: wrong },
  );
}

/** The options that are the kind's own. */
function optionsOf({ options }: NodeStart): object {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(options.values).filter(([name]) => !containerOptions.includes(name)),
    ),
  );
}

function childOf(body: BodyDraft, index: number): ChildDefinition {
  const { nodes } = body;
  const node = nodes[index] as BodyDraft['nodes'][number];
  const nameAt = (position: number) => nodes[position]?.name ?? '';
  return {
    name: node.name,
    kind: node.kind === 'container' ? node.container.name : node.kind,
    criticality: node.criticality,
    metadata: node.metadata,
    runAfter: node.runAfter.map((edge) => nameAt(edge.from)),
    successors: node.successors.map((edge) => nameAt(edge.to)),
  };
}
