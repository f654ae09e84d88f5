/**
 * The data form: a workflow as an object of named actions.
 *
 * It is read from the outside in and written with the same builder as the form with handles, so both
 * obey the same rules and end in the same definition. Read next: data-edges.ts for what only names
 * can get wrong.
 * @module
 */

import { didYouMean } from '@runafter/errors';
import { SUCCEEDED } from '../../status.ts';
import { FlowBuilder } from '../builder/builder.ts';
import { addressIn, type BodyDraft, nameOfBody } from '../builder/draft.ts';
import { workflowOptions, writeWorkflow } from '../builder/write-workflow.ts';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import { ConditionalReference, type HandleReference, settled } from '../handle.ts';
import { checkKeys } from '../rules/option-rules.ts';
import { isThenable, showValue } from '../rules/show-value.ts';
import type { Workflow } from '../workflow.ts';
import { contextOnly, lookingUp, stateInContext } from './context-only.ts';
import type { DataDefinition } from './data-definition.ts';
import { inRunAfterOrder, type NamedNode } from './data-edges.ts';
import { readNodeType, type TypedNode } from './data-node-types.ts';
import { readStatus } from './data-run-after.ts';

/**
 * Defines a workflow as data. The engine runs it exactly as one that is written with handles.
 *
 * @throws {DefinitionError} for everything that could not run: unknown names, cycles, runAfters that
 *   cross a scope's border, options that do not exist, …
 * @example
 * const greet = defineWorkflow<{ customer: string }>({
 *   name: 'Greet',
 *   actions: {
 *     Find_Customer: { run: ({ input }) => crm.find(input.customer) },
 *     Send_Mail: {
 *       runAfter: { Find_Customer: ['Succeeded'] },
 *       run: ({ outputs }) => mail.send(outputs<Customer>('Find_Customer').address),
 *     },
 *   },
 *   output: 'Send_Mail',
 * });
 */
export function defineWorkflow<In = unknown, T = unknown>(
  definition: DataDefinition<In>,
): Workflow<In, T> {
  checkObject({}, definition, "{ name: '…', actions: { … } }", 'the definition');
  const { name, actions, output, ...options } = definition;
  const place = { workflow: typeof name === 'string' ? name : undefined };
  checkKeys(place, definition, ['name', 'actions', 'output', ...workflowOptions], 'property');
  return writeWorkflow(
    name,
    options,
    (flow: FlowBuilder) => writeActions(flow, { actions, output }, actions),
    (body) => {
      body.workflow.looksUpNames = true;
      return new FlowBuilder(body);
    },
  );
}

type Properties = Readonly<Record<string, unknown>>;

/** Adds the actions of one container to its flow, and finds what it hands over. */
function writeActions(flow: FlowBuilder, { actions, output }: Properties, all: unknown): unknown {
  const body = flow.draft;
  const place = { workflow: body.workflow.name, path: body.address, kind: body.kind };
  checkObject(place, actions, '{ Name: { run: (context) => … } }', 'actions');
  const nodes = new Map<string, TypedNode>();
  for (const [name, node] of Object.entries(actions)) {
    const path = addressIn(body, name);
    nodes.set(name, readNodeType({ workflow: body.workflow.name, path }, node));
  }
  const around = { address: body.address, container: nameOfBody(body), all };
  const handles = new Map<string, HandleReference | undefined>();
  for (const node of inRunAfterOrder(nodes, around)) {
    handles.set(node.name, writeNode(flow, node, runAfterOf(node, handles), all) ?? undefined);
  }
  return outputOf(body, place, output, handles);
}

function runAfterOf(
  node: NamedNode,
  handles: ReadonlyMap<string, HandleReference | undefined>,
): (HandleReference | ConditionalReference)[] {
  return node.edges.map(({ name, accepts }) => {
    const handle = handles.get(name) as HandleReference;
    return accepts === SUCCEEDED ? handle : new ConditionalReference(handle, accepts);
  });
}

function writeNode(
  flow: FlowBuilder,
  node: NamedNode,
  runAfter: readonly unknown[],
  all: unknown,
  // biome-ignore lint/suspicious/noConfusingVoidType: a terminate has no handle.
): HandleReference | void {
  const { name, place, properties, options } = node;
  const inside = (body: Properties) => (inner: FlowBuilder) => writeActions(inner, body, all);
  switch (node.type) {
    case 'action':
      return flow.action(name, runAfter, lookingUp(properties.run), options);
    case 'scope':
      return flow.scope(name, runAfter, inside(properties), options);
    case 'forEach':
      return flow.forEach(
        name,
        runAfter,
        contextOnly(properties.items),
        inside(properties),
        options,
      );
    case 'condition': {
      const branches = branchesOf(place, properties, ['then', 'else'], inside);
      return flow.condition(name, runAfter, contextOnly(properties.test), branches, options);
    }
    case 'switch':
      return flow.switch(
        name,
        runAfter,
        contextOnly(properties.on),
        casesOf(place, properties, inside),
        options,
        'nothing',
      );
    case 'until':
      return flow.until(
        name,
        runAfter,
        contextOnly(properties.initial ?? nothing),
        inside(properties),
        stateInContext(properties.done as (context: object) => unknown),
        options,
      );
    case 'child':
      return flow.child(
        name,
        runAfter,
        properties.workflow,
        contextOnly(properties.input),
        options,
      );
    case 'delay':
      return flow.delay(name, runAfter, contextOnly(properties.duration), options);
    case 'waitFor': {
      const correlate = contextOnly(options?.correlate);
      return flow.waitFor(name, runAfter, properties.event, { ...options, correlate });
    }
    case 'terminate':
      return flow.terminate(name, runAfter, readStatus(properties.status), options);
  }
}

type BodyWriter = (flow: FlowBuilder) => unknown;

function branchesOf(
  place: DefinitionPlace,
  branches: Properties,
  names: Iterable<string>,
  inside: (body: Properties) => BodyWriter,
): Record<string, BodyWriter> {
  const bodies: [string, BodyWriter][] = [];
  for (const name of names) {
    const branch = branches[name];
    if (branch === undefined) continue;
    checkObject(place, branch, '{ actions: { … } }', `branch ${name}`);
    checkKeys(place, branch, ['actions', 'output'], `property of branch ${name}`);
    bodies.push([name, inside(branch)]);
  }
  return Object.fromEntries(bodies);
}

function casesOf(
  place: DefinitionPlace,
  properties: Properties,
  inside: (body: Properties) => BodyWriter,
): Record<string, BodyWriter> {
  const { cases = {}, default: fallback } = properties;
  checkObject(place, cases, '{ name: { actions: { … } } }', 'cases');
  if (fallback !== undefined && Object.hasOwn(cases, 'default')) {
    throw new DefinitionError(
      'NAME_DUPLICATE',
      place,
      'it has a case "default" and a default beside the cases. Keep one of the two.',
      { option: 'default' },
    );
  }
  return {
    ...branchesOf(place, cases, Object.keys(cases), inside),
    ...branchesOf(place, { default: fallback }, ['default'], inside),
  };
}

function outputOf(
  body: BodyDraft,
  place: DefinitionPlace,
  output: unknown,
  handles: ReadonlyMap<string, HandleReference | undefined>,
): unknown {
  if (output === undefined) return undefined;
  const settledName = (output as { readonly settled?: unknown } | null)?.settled;
  const name = typeof output === 'string' ? output : settledName;
  if (typeof name !== 'string') {
    throw new DefinitionError(
      'RETURN_INVALID',
      place,
      `its output is ${showValue(output)}, but must be the name of an action or { settled: name }.`,
      { option: 'output', value: output },
    );
  }
  const handle = handles.get(name);
  if (handle === undefined) {
    const problem = handles.has(name)
      ? 'a terminate, which hands nothing over.'
      : `which does not exist in ${nameOfBody(body)}.${didYouMean(name, handles.keys())}`;
    throw new DefinitionError(
      'RETURN_INVALID',
      place,
      `its output names "${name}", ${problem} Name an action of this container.`,
      { option: 'output', value: name },
    );
  }
  return typeof output === 'string' ? handle : settled(handle as never);
}

function nothing(): undefined {
  return undefined;
}

function checkObject(
  place: DefinitionPlace,
  value: unknown,
  example: string,
  what: string,
): asserts value is Properties {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isThenable(value)) {
    return;
  }
  throw new DefinitionError(
    'DEFINITION_INVALID',
    place,
    `${what} must be an object such as ${example}, but got ${showValue(value)}.`,
    { option: what, value },
  );
}
