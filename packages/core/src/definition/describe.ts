/**
 * A definition as JSON: for pictures, lint, export, and comparing one version with another.
 * @module
 */
import {
  formatDuration,
  type Limiter,
  type ParsedRetryPolicy,
  parseRetryPolicy,
} from '@runafter/clock';
import { statusNames } from '../status.ts';
import type { Concurrency } from './concurrency.ts';
import type { Body, BranchNode, Node, NodeBase, Source } from './definition.ts';
import { DefinitionError } from './definition-error.ts';
import type {
  AdaptiveDescription,
  BodyDescription,
  BranchDescription,
  CountDescription,
  DurationDescription,
  FunctionDescription,
  InputDescription,
  NodeDescription,
  NodeFacts,
  RetryDescription,
  SwitchDescription,
  WorkflowDescription,
} from './description.ts';
import { showValue } from './rules/show-value.ts';
import type { Workflow } from './workflow.ts';
import { isWorkflow } from './workflow-brand.ts';

/**
 * Describes a workflow as plain data. The same definition always gives the same description.
 *
 * @throws {DefinitionError} `WORKFLOW_INVALID`: not a workflow.
 * @example
 * writeFileSync('fulfil-order.json', JSON.stringify(describe(fulfilOrder), null, 2));
 */
// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
export function describe(workflow: Workflow<any, unknown>): WorkflowDescription {
  if (!isWorkflow(workflow)) {
    throw new DefinitionError(
      'WORKFLOW_INVALID',
      {},
      `describe() takes what workflow() or defineWorkflow() returned, but got ${showValue(workflow)}.`,
      { value: workflow },
    );
  }
  const { name, version, timeout, maxConcurrentActions, grace, events, body } = workflow.definition;
  return present({
    name,
    version,
    timeout: durationOf(timeout),
    maxConcurrentActions,
    grace: duration(grace),
    events: [...events].sort(),
    body: new Describer().body(body),
  });
}

/** Describes a body by itself; limiters have numbers of their own then. */
export function describeBody(body: Body): BodyDescription {
  return new Describer().body(body);
}

class Describer {
  readonly #limiters = new Map<Limiter, number>();

  body(body: Body): BodyDescription {
    return present({
      actions: body.nodes.map((node) => this.#node(node, body)),
      output: body.output && inputOf(body.output, body),
    });
  }

  #node(node: Node, body: Body): NodeDescription {
    const facts = factsOf(node, body);
    switch (node.kind) {
      case 'action':
        return present({
          kind: node.kind,
          ...facts,
          run: nameOf(node.run),
          retry: node.retry && retryOf(parseRetryPolicy(node.retry)),
          select: nameOfOptional(node.select),
          payloadLimit: node.payloadLimit,
          limiters: this.#numbersOf(node.limiters),
        });
      case 'scope':
        return { kind: node.kind, ...facts, body: this.body(node.body) };
      case 'forEach':
        return present({
          kind: node.kind,
          ...facts,
          items: nameOf(node.items),
          concurrency: this.#concurrencyOf(node.concurrency),
          keep: node.keep,
          key: nameOfOptional(node.key),
          id: nameOfOptional(node.id),
          lookAhead: node.key && count(node.lookAhead),
          body: this.body(node.body),
        });
      case 'condition':
        return {
          kind: node.kind,
          ...facts,
          test: nameOf(node.choose),
          branches: node.branches.map((branch) => this.#branch(branch)),
        };
      case 'switch':
        return {
          kind: node.kind,
          ...facts,
          choose: nameOf(node.choose),
          branches: node.branches.map((branch) => this.#branch(branch)),
          otherwise: otherwiseOf(node.otherwise),
        };
      case 'until':
        return {
          kind: node.kind,
          ...facts,
          initial: nameOf(node.initial),
          done: nameOf(node.done),
          maxIterations: count(node.maxIterations),
          onLimit: node.onLimit,
          body: this.body(node.body),
        };
      case 'child':
        return present({
          kind: node.kind,
          ...facts,
          workflow: node.workflow.name,
          version: node.workflow.version,
          input: nameOf(node.input),
          limiters: this.#numbersOf(node.limiters),
        });
      case 'delay':
        return {
          kind: node.kind,
          ...facts,
          duration: durationOf(node.fixedDuration) ?? nameOf(node.duration),
        };
      case 'waitFor':
        return present({
          kind: node.kind,
          ...facts,
          event: node.event,
          correlate: nameOfOptional(node.correlate),
        });
      case 'terminate':
        return {
          kind: node.kind,
          ...facts,
          status: node.status,
          code: node.code,
          message: node.message,
        };
      case 'container':
        return {
          kind: node.kind,
          ...facts,
          container: node.container.name,
          options: plainData(node.options, 0) as Readonly<Record<string, unknown>>,
          body: this.body(node.body),
        };
      case 'branch':
        // Branches are described by the condition or switch that has them.
        throw new RangeError(`"${node.address}" is a branch and cannot stand in a body.`);
    }
  }

  #branch(branch: BranchNode): BranchDescription {
    return { name: branch.name, path: branch.address, body: this.body(branch.body) };
  }

  #concurrencyOf({ most, adaptive }: Concurrency): CountDescription | AdaptiveDescription {
    if (adaptive === undefined) return count(most);
    return { limiter: this.#numberOf(adaptive), max: count(most) };
  }

  #numbersOf(limiters: readonly Limiter[]): readonly number[] | undefined {
    return limiters.length === 0 ? undefined : limiters.map((limiter) => this.#numberOf(limiter));
  }

  #numberOf(limiter: Limiter): number {
    const number = this.#limiters.get(limiter) ?? this.#limiters.size + 1;
    this.#limiters.set(limiter, number);
    return number;
  }
}

function factsOf(node: NodeBase, body: Body): NodeFacts {
  return present({
    name: node.name,
    path: node.address,
    runAfter: node.runAfter.map(({ from, accepts }) => ({
      name: nameAt(body, from),
      statuses: statusNames(accepts),
    })),
    inputs: node.inputs.map((source) => inputOf(source, body)),
    criticality: node.criticality,
    secure: { inputs: node.secureInputs, outputs: node.secureOutputs },
    timeout: durationOf(node.timeout),
  });
}

function inputOf(source: Source, body: Body): InputDescription {
  switch (source.from) {
    case 'sibling':
      return { from: source.as, of: nameAt(body, source.index) };
    case 'inputs':
      return { from: 'inputs', position: source.position };
    default:
      return { from: source.from };
  }
}

function nameAt(body: Body, index: number): string {
  return body.nodes[index]?.name ?? '';
}

function retryOf(policy: ParsedRetryPolicy): RetryDescription | undefined {
  if (policy.type === 'none') return undefined;
  return present({
    type: policy.type,
    count: count(policy.count),
    interval: duration(policy.interval),
    minimum: policy.type === 'exponential' ? duration(policy.minimum) : undefined,
    maximum: policy.type === 'exponential' ? duration(policy.maximum) : undefined,
    jitter: policy.type === 'fixed' ? policy.jitter : undefined,
    totalTime: durationOf(policy.totalTime),
    when: nameOfOptional(policy.when),
  });
}

function otherwiseOf(
  otherwise: { readonly branch: number } | 'nothing' | 'fail',
): SwitchDescription['otherwise'] {
  return typeof otherwise === 'string' ? otherwise : 'default';
}

/** JSON has no Infinity. */
function count(value: number): CountDescription {
  return value === Number.POSITIVE_INFINITY ? 'unbounded' : value;
}

function duration(ms: number): DurationDescription {
  return { ms, text: formatDuration(ms) };
}

function durationOf(ms: number | undefined): DurationDescription | undefined {
  return ms === undefined ? undefined : duration(ms);
}

/** Names that the language gives to a function because of the property it stands in. */
const inferredNames: ReadonlySet<string> = new Set([
  ...['', 'run', 'items', 'test', 'on', 'choose', 'initial', 'done', 'input', 'duration'],
  ...['correlate', 'select', 'key', 'id', 'when', 'nothing'],
]);

// biome-ignore lint/complexity/noBannedTypes: whatever can be called has a name.
function nameOf(run: Function): FunctionDescription {
  return inferredNames.has(run.name) ? 'anonymous' : run.name;
}

// biome-ignore lint/complexity/noBannedTypes: whatever can be called has a name.
function nameOfOptional(run: Function | undefined): FunctionDescription | undefined {
  return run && nameOf(run);
}

const maxDepth = 4;

/** What JSON can hold of the options of a foreign container kind. */
function plainData(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'function':
      return nameOf(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : plainObject(value, depth);
    default:
      return value;
  }
}

function plainObject(value: object, depth: number): unknown {
  if (depth === maxDepth) return '…';
  if (Array.isArray(value)) return value.map((entry) => plainData(entry, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value.constructor.name;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, plainData(entry, depth + 1)]),
  );
}

/** The object without the properties that are undefined, as it will be after JSON. */
function present<T extends object>(object: T): Present<T> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}

type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };
