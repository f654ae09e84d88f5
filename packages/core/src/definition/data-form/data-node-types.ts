/**
 * The types that a node of a data definition can have, and the properties that each knows.
 * @module
 */

import { didYouMean } from '@runafter/errors';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import {
  actionOptions,
  checkFunction,
  checkKeys,
  containerOptions,
  forEachOptions,
  nodeOptions,
  terminateOptions,
  untilOptions,
  waitForOptions,
} from '../rules/option-rules.ts';
import { showValue } from '../rules/show-value.ts';

interface NodeType {
  /** Those of its properties that must be functions. */
  readonly functions: readonly string[];
  readonly options: readonly string[];
  /** All properties that it can have. */
  readonly known: readonly string[];
}

function nodeType(
  properties: readonly string[],
  options: readonly string[],
  functions: readonly string[] = [],
): NodeType {
  return { functions, options, known: ['type', 'runAfter', ...properties, ...options] };
}

const body = ['actions', 'output'];

/** The names of the types. */
export type NodeTypeName =
  | 'action'
  | 'scope'
  | 'forEach'
  | 'condition'
  | 'switch'
  | 'until'
  | 'child'
  | 'delay'
  | 'waitFor'
  | 'terminate';

const nodeTypes: Readonly<Record<NodeTypeName, NodeType>> = {
  action: nodeType(['run'], actionOptions, ['run']),
  scope: nodeType(body, containerOptions),
  forEach: nodeType(['items', ...body], forEachOptions, ['items']),
  condition: nodeType(['test', 'then', 'else'], containerOptions, ['test']),
  switch: nodeType(['on', 'cases', 'default'], containerOptions, ['on']),
  until: nodeType(['initial', 'done', ...body], untilOptions, ['done']),
  child: nodeType(['workflow', 'input'], containerOptions, ['input']),
  delay: nodeType(['duration'], nodeOptions),
  waitFor: nodeType(['event'], waitForOptions),
  terminate: nodeType(['status'], terminateOptions),
};

/** What exported definitions call some of the types. */
const aliases = { if: 'condition', wait: 'delay', workflow: 'child' } as const;

const spellings: ReadonlyMap<string, NodeTypeName> = new Map([
  ...(Object.keys(nodeTypes) as NodeTypeName[]).map((type) => [type.toLowerCase(), type] as const),
  ...Object.entries(aliases),
]);

/** A node whose type is known, with its properties still as the user wrote them. */
export interface TypedNode {
  readonly type: NodeTypeName;
  readonly place: DefinitionPlace;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Those properties that are options of its type; undefined when there are none. */
  readonly options: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Finds the type of a node and refuses what that type does not know.
 *
 * @throws {DefinitionError} `DEFINITION_INVALID`: not an object; `TYPE_UNKNOWN`, `OPTION_UNKNOWN`,
 *   `FUNCTION_MISSING`.
 */
export function readNodeType(place: DefinitionPlace, node: unknown): TypedNode {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw new DefinitionError(
      'DEFINITION_INVALID',
      place,
      `it is ${showValue(node)}, but must be an object such as { runAfter: { … }, run: (context) => … }.`,
      { value: node },
    );
  }
  const properties = node as Readonly<Record<string, unknown>>;
  const type = typeOf(place, properties.type);
  const placed = { ...place, kind: type };
  const { functions, options, known } = nodeTypes[type];
  checkKeys(placed, node, known, 'property');
  for (const name of functions) checkFunction(placed, name, properties[name]);
  return { type, place: placed, properties, options: pick(properties, options) };
}

function typeOf(place: DefinitionPlace, type: unknown): NodeTypeName {
  if (type === undefined) return 'action';
  const known = typeof type === 'string' ? spellings.get(type.toLowerCase()) : undefined;
  if (known !== undefined) return known;
  const names = Object.keys(nodeTypes);
  const meant = typeof type === 'string' ? didYouMean(type, names) : '';
  throw new DefinitionError(
    'TYPE_UNKNOWN',
    place,
    `there is no type ${showValue(type)}.${meant} The types are ${names.join(', ')}.`,
    { option: 'type', value: type },
  );
}

function pick(
  properties: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  const present = names.filter((name) => properties[name] !== undefined);
  if (present.length === 0) return undefined;
  return Object.fromEntries(present.map((name) => [name, properties[name]]));
}
