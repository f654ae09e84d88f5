/**
 * What every kind of node has in common while it is added to a body: name, runAfter list, options,
 * and, for containers, the body inside.
 * @module
 */
import type { Limiter } from '@runafter/clock';
import type { Criticality, NodeBase, Source } from '../definition.ts';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import { HandleReference } from '../handle.ts';
import { inLimiterOrder, limiterList } from '../rules/limiter-order.ts';
import { checkName } from '../rules/name-rules.ts';
import {
  checkFunction,
  criticalityOption,
  durationOption,
  limiterOption,
  type Options,
  readOptions,
  secureOption,
} from '../rules/option-rules.ts';
import { readReturn } from '../rules/return-rule.ts';
import { readRunAfter } from '../rules/run-after.ts';
import {
  addressIn,
  type BodyDraft,
  checkOpen,
  type NodeDraft,
  nameOfBody,
  openBody,
  writing,
} from './draft.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A node of which only what its kind adds is missing. */
export interface NodeStart {
  readonly body: BodyDraft;
  readonly place: DefinitionPlace;
  readonly options: Options;
  readonly base: Omit<Writable<NodeBase>, 'successors' | 'runAfter'> & {
    successors: { to: number; accepts: number }[];
    runAfter: { readonly from: number; readonly accepts: number }[];
  };
  /** What messages call the values that the runAfter list hands over. */
  readonly labels: readonly string[];
}

/**
 * Checks what comes first in every method of a flow.
 *
 * @param kind - what messages call it, such as `action`.
 * @param knownOptions - the names of the options that this kind has.
 */
export function beginNode(
  body: BodyDraft,
  kind: string,
  name: unknown,
  runAfter: unknown,
  options: unknown,
  knownOptions: readonly string[],
): NodeStart {
  const around = { workflow: body.workflow.name, path: body.address, kind: body.kind };
  checkOpen(body, around);
  checkName(name, kind, around);
  const place = { workflow: body.workflow.name, path: addressIn(body, name), kind };
  checkUnique(body, name, place);
  const { edges, inputs, labels } = readRunAfter(body, place, runAfter);
  const read = readOptions(place, options, knownOptions);
  const secure = secureOption(read);
  const base = {
    name,
    address: place.path,
    repeats: body.repeats,
    index: body.nodes.length,
    waitsFor: edges.length,
    runAfter: edges,
    successors: [],
    inputs,
    criticality: criticalityOption(read, body.childCriticality),
    secureInputs: secure.inputs,
    secureOutputs: secure.outputs,
    timeout: knownOptions.includes('timeout') ? durationOption(read, 'timeout') : undefined,
    metadata: undefined,
  };
  return { body, place, options: read, base, labels };
}

/** Puts a finished node into its body. */
export function addNode(body: BodyDraft, node: NodeDraft): HandleReference {
  body.names.set(node.name, node.index);
  body.nodes.push(node);
  for (const { from, accepts } of node.runAfter) {
    body.nodes[from]?.successors.push(Object.freeze({ to: node.index, accepts }));
  }
  return siblingHandle(body, node.index, node.name);
}

/** What is different between the containers that have a body. */
export interface Inside {
  /** What messages call the container, such as `scope`. */
  readonly kind: string;
  readonly address: string;
  /** The body runs many times. */
  readonly repeats?: boolean;
  /** Its actions take a permit of it, besides those of the option `limiter`. */
  readonly limiter?: Limiter | undefined;
  /** The handles that the body's function gets, for the runAfter list of this length. */
  readonly labels: readonly string[];
  readonly secureInputs: boolean;
  /** What a node of the body is that does not say its criticality. Default: critical. */
  readonly childCriticality: Criticality | undefined;
}

/** Runs the function that writes the body of a container which `start` began. */
export function writeBody(
  start: NodeStart,
  inside: Partial<Inside>,
  what: string,
  write: unknown,
  makeFlow: (body: BodyDraft) => object,
): BodyDraft {
  const { body: parent, base } = start;
  const kind = inside.kind ?? start.place.kind ?? 'container';
  const address = inside.address ?? base.address;
  const place = { workflow: parent.workflow.name, path: address, kind };
  checkFunction(place, what, write);
  const body = openBody(parent.workflow, {
    parent,
    kind,
    address,
    repeats: parent.repeats || inside.repeats === true,
    limiters: inLimiterOrder(limitersInside(start), limiterList(inside.limiter)),
    secureInputs: base.secureInputs,
    childCriticality: inside.childCriticality,
  });
  const inputs = start.labels.map((label, position) =>
    valueHandle(body, { from: 'inputs', position }, `the value of ${label}`),
  );
  const returned = writing(body, () =>
    (write as (flow: object, inputs: readonly HandleReference[]) => unknown)(
      makeFlow(body),
      Object.freeze(inputs),
    ),
  );
  body.output = readReturn(body, place, returned);
  return body;
}

/** The container's own limiter and those around it, in the global order. */
export function limitersInside({ body, options }: NodeStart): BodyDraft['limiters'] {
  return inLimiterOrder(body.limiters, limiterList(limiterOption(options)));
}

/** The handle of an action or container of a body. */
function siblingHandle(body: BodyDraft, index: number, label: string): HandleReference {
  return valueHandle(body, { from: 'sibling', index, as: 'outputs' }, label);
}

/** The handle of any value in a body. */
export function valueHandle(body: BodyDraft, source: Source, label: string): HandleReference {
  return Object.freeze(new HandleReference(body, Object.freeze(source), label));
}

function checkUnique(body: BodyDraft, name: string, place: DefinitionPlace): void {
  if (!body.names.has(name)) return;
  throw new DefinitionError(
    'NAME_DUPLICATE',
    place,
    `${nameOfBody(body)} has ${JSON.stringify(name)} already. Names are unique in their container; ` +
      'give one of the two another name.',
    { option: 'name', value: name },
  );
}
