/**
 * What stands behind a `Flow` at run time: each method checks its arguments at once, so that a
 * mistake is reported where it was made, and adds a node to the body.
 *
 * Read next: node-base.ts for what all methods share, compile.ts for what becomes of the nodes.
 * @module
 */
import type { Handler, Node } from './definition.ts';
import { DefinitionError } from './definition-error.ts';
import type { BodyDraft, BranchDraft } from './draft.ts';
import { isEventType } from './event-type.ts';
import type { HandleReference } from './handle.ts';
import { inLimiterOrder, limiterList } from './limiter-order.ts';
import { checkName } from './name-rules.ts';
import {
  addNode,
  beginNode,
  limitersInside,
  type NodeStart,
  valueHandle,
  writeBody,
} from './node-base.ts';
import {
  actionOptions,
  checkDuration,
  checkFunction,
  checkKeys,
  choiceOption,
  containerOptions,
  countOption,
  forEachOptions,
  functionOption,
  limiterOption,
  nodeOptions,
  retryOption,
  terminateOptions,
  textOption,
  untilOptions,
  waitForOptions,
} from './option-rules.ts';
import { isThenable, showValue } from './show-value.ts';
import { isWorkflow } from './workflow-brand.ts';

const hour = 3_600_000;

/** The run-time side of `Flow`; the types in flow.ts are what users see of it. */
export class FlowBuilder {
  /** The body that it writes. */
  readonly draft: BodyDraft;

  constructor(body: BodyDraft) {
    this.draft = body;
  }

  action(
    name: unknown,
    runAfterOrRun: unknown,
    runOrOptions?: unknown,
    options?: unknown,
  ): HandleReference {
    // Without a list and without a second function, what stands first is meant to be the function.
    if (!Array.isArray(runAfterOrRun) && typeof runOrOptions !== 'function') {
      return addAction(this.draft, name, [], contextOnly(runAfterOrRun), runOrOptions);
    }
    return addAction(this.draft, name, runAfterOrRun, runOrOptions, options);
  }

  scope(name: unknown, runAfter: unknown, body: unknown, options?: unknown): HandleReference {
    const start = beginNode(this.draft, 'scope', name, runAfter, options, containerOptions);
    return addNode(start.body, {
      kind: 'scope',
      ...start.base,
      body: writeBody(start, {}, 'body', body, newFlow),
    });
  }

  forEach(
    name: unknown,
    runAfter: unknown,
    items: unknown,
    body: unknown,
    options?: unknown,
  ): HandleReference {
    const start = beginNode(this.draft, 'forEach', name, runAfter, options, forEachOptions);
    checkFunction(start.place, 'items', items);
    const counts = { least: 1, endless: true };
    const concurrency = countOption(start.options, 'concurrency', counts) ?? 1;
    const lookAhead = countOption(start.options, 'lookAhead', counts);
    const key = functionOption<(item: unknown, index: number) => unknown>(start.options, 'key');
    if (lookAhead !== undefined && key === undefined) throw lookAheadWithoutKey(start, lookAhead);
    return addNode(start.body, {
      kind: 'forEach',
      ...start.base,
      items: items as Handler,
      body: writeBody(start, { repeats: true }, 'body', body, newEachFlow),
      concurrency,
      key,
      id: functionOption(start.options, 'id'),
      keep: choiceOption(start.options, 'keep', ['all', 'failures', 'summary']) ?? 'all',
      lookAhead: lookAhead ?? 4 * concurrency,
      secureItems: false,
    });
  }

  condition(
    name: unknown,
    runAfter: unknown,
    test: unknown,
    branches: unknown,
    options?: unknown,
  ): HandleReference {
    const start = beginNode(this.draft, 'condition', name, runAfter, options, containerOptions);
    checkFunction(start.place, 'test', test);
    const bodies = branchesOf(start, branches, 'then and, if you need it, else');
    checkKeys(start.place, bodies, ['then', 'else'], 'branch');
    if (bodies.then === undefined) throw branchMissing(start, 'it has no branch then');
    return addNode(start.body, {
      kind: 'condition',
      ...start.base,
      choose: thenOrElse(test as Handler),
      branches: writeBranches(start, bodies),
      otherwise: 'nothing',
    });
  }

  switch(
    name: unknown,
    runAfter: unknown,
    choose: unknown,
    cases: unknown,
    options?: unknown,
  ): HandleReference {
    return addSwitch(this.draft, { name, runAfter, choose, cases, options, otherwise: 'fail' });
  }

  until(
    name: unknown,
    runAfter: unknown,
    initial: unknown,
    body: unknown,
    done: unknown,
    options?: unknown,
  ): HandleReference {
    const start = beginNode(this.draft, 'until', name, runAfter, options, untilOptions);
    checkFunction(start.place, 'initial', initial);
    checkFunction(start.place, 'done', done);
    const maxIterations = countOption(start.options, 'maxIterations', { least: 1, endless: true });
    const onLimit = choiceOption(start.options, 'onLimit', ['fail', 'succeed']);
    return addNode(start.body, {
      kind: 'until',
      ...start.base,
      timeout: start.base.timeout ?? hour,
      initial: initial as Handler,
      body: writeBody(start, { repeats: true }, 'body', body, newRoundFlow),
      done: done as (state: unknown, context: object) => unknown,
      maxIterations: maxIterations ?? 60,
      onLimit: onLimit ?? 'fail',
    });
  }

  child(
    name: unknown,
    runAfter: unknown,
    workflow: unknown,
    input: unknown,
    options?: unknown,
  ): HandleReference {
    const start = beginNode(this.draft, 'child', name, runAfter, options, containerOptions);
    if (!isWorkflow(workflow)) {
      throw new DefinitionError(
        'WORKFLOW_INVALID',
        start.place,
        `workflow is ${showValue(workflow)}, but must be what workflow() or defineWorkflow() returned.`,
        { option: 'workflow', value: workflow },
      );
    }
    checkFunction(start.place, 'input', input);
    const { definition } = workflow;
    for (const event of definition.events) start.body.workflow.events.add(event);
    return addNode(start.body, {
      kind: 'child',
      ...start.base,
      workflow: definition,
      input: input as Handler,
      limiters: limitersInside(start),
    });
  }

  delay(name: unknown, runAfter: unknown, duration: unknown, options?: unknown): HandleReference {
    const start = beginNode(this.draft, 'delay', name, runAfter, options, nodeOptions);
    const fixed =
      typeof duration === 'function' ? undefined : checkDuration(start.place, 'duration', duration);
    return addNode(start.body, {
      kind: 'delay',
      ...start.base,
      duration: fixed === undefined ? (duration as Handler) : () => fixed,
      fixedDuration: fixed,
    });
  }

  waitFor(name: unknown, runAfter: unknown, event: unknown, options?: unknown): HandleReference {
    const start = beginNode(this.draft, 'waitFor', name, runAfter, options, waitForOptions);
    if (!isEventType(event)) {
      throw new DefinitionError(
        'EVENT_INVALID',
        start.place,
        `event is ${showValue(event)}, but must be what event('…') returned.`,
        { option: 'event', value: event },
      );
    }
    const correlate = functionOption<Handler>(start.options, 'correlate');
    start.body.workflow.events.add(event.name);
    return addNode(start.body, { kind: 'waitFor', ...start.base, event: event.name, correlate });
  }

  terminate(name: unknown, runAfter: unknown, status: unknown, options?: unknown): void {
    const start = beginNode(this.draft, 'terminate', name, runAfter, options, terminateOptions);
    const { body, place } = start;
    if (body.repeats) {
      throw new DefinitionError(
        'TERMINATE_IN_LOOP',
        place,
        'terminate cannot stand in a loop, at any depth: one iteration would end the run under the ' +
          'others. Let the iteration fail, and terminate after the loop.',
      );
    }
    const read = { place, values: { status } };
    const chosen = choiceOption(read, 'status', ['Succeeded', 'Failed', 'Cancelled']);
    if (chosen === undefined) {
      throw new DefinitionError(
        'OPTION_INVALID',
        place,
        "its status is missing. Use 'Succeeded', 'Failed' or 'Cancelled'.",
        { option: 'status' },
      );
    }
    if (chosen === 'Succeeded') body.workflow.terminatesSucceeded = true;
    addNode(body, {
      kind: 'terminate',
      ...start.base,
      status: chosen,
      code: textOption(start.options, 'code') ?? 'TERMINATED',
      message: textOption(start.options, 'message') ?? `Terminated by ${place.path}.`,
    });
  }
}

/** The run-time side of `EachFlow`. */
export class EachFlowBuilder extends FlowBuilder {
  readonly item: HandleReference;
  readonly index: HandleReference;

  constructor(body: BodyDraft) {
    super(body);
    this.item = valueHandle(body, { from: 'item' }, 'the item');
    this.index = valueHandle(body, { from: 'index' }, 'the index');
  }
}

/** The run-time side of `RoundFlow`. */
export class RoundFlowBuilder extends FlowBuilder {
  readonly state: HandleReference;
  readonly index: HandleReference;

  constructor(body: BodyDraft) {
    super(body);
    this.state = valueHandle(body, { from: 'state' }, 'the state');
    this.index = valueHandle(body, { from: 'index' }, 'the index');
  }
}

/** A plain flow on a body. */
export function newFlow(body: BodyDraft): FlowBuilder {
  return new FlowBuilder(body);
}

function newEachFlow(body: BodyDraft): FlowBuilder {
  return new EachFlowBuilder(body);
}

function newRoundFlow(body: BodyDraft): FlowBuilder {
  return new RoundFlowBuilder(body);
}

/**
 * A switch. The two forms differ in what a name without a case means: written with handles it fails,
 * in the data form it does nothing, as on the platform.
 */
export function addSwitch(
  body: BodyDraft,
  definition: {
    readonly name: unknown;
    readonly runAfter: unknown;
    readonly choose: unknown;
    readonly cases: unknown;
    readonly options: unknown;
    readonly otherwise: 'fail' | 'nothing';
  },
): HandleReference {
  const { name, runAfter, choose, cases, options, otherwise } = definition;
  const start = beginNode(body, 'switch', name, runAfter, options, containerOptions);
  checkFunction(start.place, 'choose', choose);
  const bodies = branchesOf(start, cases, 'cases by their names');
  const branches = writeBranches(start, bodies);
  if (branches.length === 0) throw branchMissing(start, 'it has no cases');
  const fallback = branches.findIndex((branch) => branch.name === 'default');
  return addNode(body, {
    kind: 'switch',
    ...start.base,
    choose: choose as Handler,
    branches,
    otherwise: fallback === -1 ? otherwise : Object.freeze({ branch: fallback }),
  });
}

function addAction(
  body: BodyDraft,
  name: unknown,
  runAfter: unknown,
  run: unknown,
  options: unknown,
): HandleReference {
  const start = beginNode(body, 'action', name, runAfter, options, actionOptions);
  checkFunction(start.place, 'run', run);
  const retry = retryOption(start.options);
  const select = functionOption<(output: unknown) => unknown>(start.options, 'select');
  const payloadLimit = countOption(start.options, 'payloadLimit', { least: 0, endless: false });
  const limiters = inLimiterOrder(body.limiters, limiterList(limiterOption(start.options)));
  return addNode(body, {
    kind: 'action',
    ...start.base,
    run: run as Handler,
    retry,
    select,
    payloadLimit,
    limiters,
    plain:
      start.base.timeout === undefined &&
      retry === undefined &&
      select === undefined &&
      payloadLimit === undefined &&
      limiters.length === 0,
  });
}

function branchesOf(
  start: NodeStart,
  branches: unknown,
  expected: string,
): Readonly<Record<string, unknown>> {
  if (typeof branches === 'object' && branches !== null && !Array.isArray(branches)) {
    return branches as Readonly<Record<string, unknown>>;
  }
  throw branchMissing(
    start,
    `its branches are ${showValue(branches)}, not an object with ${expected}`,
  );
}

function writeBranches(start: NodeStart, bodies: Readonly<Record<string, unknown>>): BranchDraft[] {
  const branches: BranchDraft[] = [];
  for (const [name, body] of Object.entries(bodies)) {
    if (body === undefined) continue;
    checkName(name, 'branch', start.place);
    const address = `${start.base.address}/${name}`;
    branches.push({
      kind: 'branch',
      ...start.base,
      name,
      address,
      index: branches.length,
      waitsFor: 0,
      runAfter: [],
      successors: [],
      // A branch is handed what its condition was handed.
      inputs: Object.freeze(
        start.labels.map((_, position) => Object.freeze({ from: 'inputs', position } as const)),
      ),
      criticality: 'critical',
      secureOutputs: false,
      timeout: undefined,
      body: writeBody(start, { kind: 'branch', address }, `branch ${name}`, body, newFlow),
    });
  }
  return branches;
}

function branchMissing(start: NodeStart, problem: string): DefinitionError {
  return new DefinitionError(
    'BRANCH_MISSING',
    start.place,
    `${problem}. ` +
      (start.place.kind === 'condition'
        ? 'Give it a branch then; a branch else may be left out.'
        : 'Give it a branch for each name; a branch default takes all others.'),
  );
}

function lookAheadWithoutKey(start: NodeStart, value: number): DefinitionError {
  return new DefinitionError(
    'OPTION_INVALID',
    start.place,
    'option lookAhead says how many items may wait for a busy key, but the loop has no key. ' +
      'Add key, or leave lookAhead out.',
    { option: 'lookAhead', value },
  );
}

/**
 * Turns a function that takes its context alone into a handler. It keeps its name, which describe()
 * and stacks show. What is not a function is left as it is, to be refused.
 */
export function contextOnly(run: unknown): unknown {
  if (typeof run !== 'function') return run;
  const handler: Handler = (_, context) => run(context);
  return Object.defineProperty(handler, 'name', { value: run.name });
}

function thenOrElse(test: Handler): Handler {
  const choose: Handler = (values, context) => {
    const answer = test(values, context);
    return isThenable(answer) ? answer.then(branchFor) : branchFor(answer);
  };
  return Object.defineProperty(choose, 'name', { value: test.name });
}

function branchFor(answer: unknown): Node['name'] {
  return answer ? 'then' : 'else';
}
