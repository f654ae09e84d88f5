/**
 * What stands behind a `Flow` at run time: each method checks its arguments at once, so that a
 * mistake is reported where it was made, and adds a node to the body.
 *
 * Read next: node-base.ts for what all methods share, compile.ts for what becomes of the nodes.
 * @module
 */

import { contextOnly } from '../data-form/context-only.ts';
import type { Handler } from '../definition.ts';
import { DefinitionError } from '../definition-error.ts';
import { isEventType } from '../event-type.ts';
import type { HandleReference } from '../handle.ts';
import { isPlain } from '../is-plain.ts';
import {
  actionOptions,
  checkDuration,
  checkFunction,
  choiceOption,
  concurrencyOption,
  containerOptions,
  countOption,
  forEachOptions,
  functionOption,
  nodeOptions,
  retryOption,
  terminateOptions,
  textOption,
  untilOptions,
  waitForOptions,
} from '../rules/option-rules.ts';
import { showValue } from '../rules/show-value.ts';
import { isWorkflow } from '../workflow-brand.ts';
import { conditionNode, switchNode } from './branching.ts';
import type { BodyDraft } from './draft.ts';
import {
  addNode,
  beginNode,
  limitersInside,
  type NodeStart,
  valueHandle,
  writeBody,
} from './node-base.ts';

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
    const concurrency = concurrencyOption(start.options);
    const lookAhead = countOption(start.options, 'lookAhead', { least: 1, endless: true });
    const key = functionOption<(item: unknown, index: number) => unknown>(start.options, 'key');
    if (lookAhead !== undefined && key === undefined) throw lookAheadWithoutKey(start, lookAhead);
    const id = functionOption<(item: unknown, index: number) => unknown>(start.options, 'id');
    const keep = choiceOption(start.options, 'keep', ['all', 'failures', 'summary']) ?? 'all';
    const inside = { repeats: true, limiter: concurrency.adaptive };
    return addNode(start.body, {
      kind: 'forEach',
      ...start.base,
      items: items as Handler,
      body: writeBody(start, inside, 'body', body, newEachFlow),
      concurrency,
      key,
      id,
      keep,
      lookAhead: lookAhead ?? 4 * concurrency.most,
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
    return addNode(start.body, conditionNode(start, test, branches, newFlow));
  }

  /**
   * @param otherwise - what a name without a case means. With handles it fails; in the data form it
   *   does nothing, as on the platform.
   */
  switch(
    name: unknown,
    runAfter: unknown,
    choose: unknown,
    cases: unknown,
    options?: unknown,
    otherwise: 'fail' | 'nothing' = 'fail',
  ): HandleReference {
    const start = beginNode(this.draft, 'switch', name, runAfter, options, containerOptions);
    return addNode(start.body, switchNode(start, choose, cases, otherwise, newFlow));
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
class EachFlowBuilder extends FlowBuilder {
  readonly item: HandleReference;
  readonly index: HandleReference;

  constructor(body: BodyDraft) {
    super(body);
    this.item = valueHandle(body, { from: 'item' }, 'the item');
    this.index = valueHandle(body, { from: 'index' }, 'the index');
  }
}

/** The run-time side of `RoundFlow`. */
class RoundFlowBuilder extends FlowBuilder {
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
  const limiters = limitersInside(start);
  const action = {
    kind: 'action' as const,
    ...start.base,
    run: run as Handler,
    retry,
    select,
    payloadLimit,
    limiters,
  };
  return addNode(body, { ...action, plain: isPlain(action) });
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
