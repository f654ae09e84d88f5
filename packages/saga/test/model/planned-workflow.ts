/**
 * Makes a workflow of a plan. Its handlers and compensations do to the world what the plan says, and note
 * it in the log.
 * @module
 */
import { type Clock, concurrencyLimiter, fixed } from '@runafter/clock';
import {
  type ActionContext,
  type ActionOptions,
  type Dependency,
  event,
  type Flow,
  failed,
  type Handle,
  settled,
  type Workflow,
  workflow,
} from '@runafter/core';
import {
  type Compensation,
  type CompensationContext,
  type Done,
  none,
  type Saga,
  StepNotDoneError,
  saga,
} from '@runafter/saga';
import type { EffectEvent, EffectsLog, Place } from './effects-log.ts';
import { type NodePlan, type RunPlan, undoRetries, undoTimeout } from './run-plan.ts';

/** The process that runs the workflow. */
export interface Actor {
  readonly clock: Clock;
  /** The number of the process, from 1. */
  readonly life: number;
  readonly log: EffectsLog;
  /** Does something, unless the process is dead; then it never settles. */
  act<T>(what: () => T): Promise<T>;
  /** From now on no compensation fails. */
  readonly isRepaired?: boolean;
}

/** What a wait in the saga waits for, correlated by {@link correlationOf}. */
export const goAhead = event<number>('go-ahead');

export function correlationOf(item: unknown, node: NodePlan): string {
  return `${item ?? 0}/${node.name}`;
}

type StepContext = Pick<ActionContext<unknown, object>, 'signal' | 'idempotencyKey'>;
type UndoContext = CompensationContext<unknown, { readonly item?: unknown }>;

export function plannedWorkflow(plan: RunPlan, actor: Actor): Workflow<undefined, unknown> {
  const { around, timeouts, stop } = plan;
  const limiter = concurrencyLimiter(1);
  const write = <O, X>(flow: Flow<undefined, O, X>) =>
    saga(flow, 'Saga', [], (steps) => writeNodes(plan, actor, steps, limiter), {
      compensationConcurrency: plan.compensationConcurrency,
      ...timeoutOf(timeouts.saga),
    });
  return workflow(
    'Random',
    (flow: Flow<undefined>) => {
      if (around === 'nothing') write(flow);
      else if (around === 'scope') {
        flow.scope('Around', [], (scope) => void write(scope), timeoutOf(timeouts.container));
      } else {
        const items = Array.from({ length: plan.items }, (_, item) => item);
        const options = { concurrency: plan.itemsAtOnce, ...timeoutOf(timeouts.container) };
        flow.forEach(
          'Around',
          [],
          () => items,
          (each) => void write(each),
          options,
        );
      }
      if (stop?.by === 'terminate') {
        const wait = flow.delay('Wait', [], stop.at);
        flow.terminate('Stop', [wait], stop.status);
      }
    },
    { grace: plan.grace },
  );
}

/** The path of the saga in an item. */
export function sagaPath({ around }: RunPlan, item: number): string {
  if (around === 'nothing') return 'Saga';
  return around === 'scope' ? 'Around/Saga' : `Around[${item}]/Saga`;
}

function timeoutOf(timeout: number | undefined): { readonly timeout?: number } {
  return timeout === undefined ? {} : { timeout };
}

function writeNodes<S, X>(
  plan: RunPlan,
  actor: Actor,
  steps: Saga<undefined, S, X>,
  limiter: NonNullable<ActionOptions<unknown>['limiter']>,
): void {
  const handles: Handle<S, unknown>[] = [];
  for (const node of plan.nodes) {
    const { name, kind, criticality, retries } = node;
    const after = node.after.map(({ from, accepts }): Dependency<S, unknown> => {
      const handle = handles[from] as Handle<S, unknown>;
      if (accepts === 'succeeded') return handle;
      return accepts === 'failed' ? failed(handle) : settled(handle);
    });
    const retry = { retry: fixed({ count: retries, interval: '2s' }) };
    const compensate = node.hasUndo
      ? compensationOf(node, actor)
      : none('the plan says that it stays');
    if (kind === 'delay') handles.push(steps.delay(name, after, 3_000, { criticality }));
    else if (kind === 'waitFor') {
      const correlate = (_: unknown, { item }: { readonly item?: unknown }) =>
        correlationOf(item, node);
      const options = { correlate, timeout: 15_000, criticality };
      handles.push(steps.waitFor(name, after, goAhead, options as object));
    } else if (kind === 'child') {
      const inner = workflow(`Child_${name}`, (flow: Flow<number>) =>
        flow.action('Do', (context) => perform(node, context.input, context, actor), retry),
      );
      const itemOf = (_: unknown, context: object) => itemIn(context);
      handles.push(steps.child(name, after, inner, itemOf, { compensate, criticality }));
    } else {
      const run = (_: unknown, context: object) =>
        perform(node, itemIn(context), context as StepContext, actor);
      const { isPivot: pivot, isLimited, timeout } = node;
      const options = { ...retry, ...timeoutOf(timeout), ...(isLimited && { limiter }) };
      handles.push(steps.step(name, after, run, { ...options, compensate, criticality, pivot }));
    }
  }
}

function itemIn(context: object): number {
  return (context as { readonly item?: number }).item ?? 0;
}

/** The handler of a step. */
async function perform(
  node: NodePlan,
  item: number,
  { signal, idempotencyKey: key }: StepContext,
  { act, clock, life, log }: Actor,
): Promise<unknown> {
  const place: Place = { item, step: node.name };
  const call = log.count('begins', place) + 1;
  const { calls } = node.behaviours[item] as (typeof node.behaviours)[number];
  const { takes, effect, ends, obeys } = calls[
    Math.min(call, calls.length) - 1
  ] as (typeof calls)[number];
  const note = (what: EffectEvent['what'], how?: EffectEvent['how']): Promise<void> =>
    act(() => {
      const refused = what === 'takes-effect' && log.isUndone(place);
      const fact = { ...place, key, life, at: clock.now(), call, ...(how && { how }) };
      log.add({ ...fact, what: refused ? 'comes-too-late' : what });
    });
  const begun = note('begins');
  const onAbort = () => void note('told-to-stop');
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    await begun;
    if (effect === 'at-once') await note('takes-effect');
    await clock.sleep(takes, obeys ? { signal } : {});
    if (effect === 'in-the-end') await note('takes-effect');
    await note('settles', ends);
  } catch (reason) {
    await note('settles', 'stopped');
    throw reason;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  if (ends === 'not-done') throw new StepNotDoneError(`${node.name} has refused`);
  if (ends === 'failed') throw Object.assign(new Error('It says no.'), { code: `NO_${node.name}` });
  return call;
}

function compensationOf<In, X>(node: NodePlan, actor: Actor): Compensation<unknown, In, X> {
  return {
    run: (done, context) => undo(node, done, context as UndoContext, actor),
    retry: fixed({ count: undoRetries, interval: '2s' }),
    timeout: undoTimeout,
  };
}

async function undo(
  node: NodePlan,
  done: Done<unknown>,
  { step, item: itemOfLoop, idempotencyKey: undoKey, signal }: UndoContext,
  { act, clock, life, log, isRepaired }: Actor,
): Promise<void> {
  const item = Number(itemOfLoop ?? 0);
  const place: Place = { item, step: step.name };
  const call = log.count('undo-begins', place) + 1;
  const { undo: plan } = node.behaviours[item] as (typeof node.behaviours)[number];
  const fails = !isRepaired && call <= plan.failures;
  const facts = { ...place, key: step.idempotencyKey, life, call, undoKey, done };
  const note = (what: EffectEvent['what'], how?: EffectEvent['how']): Promise<void> =>
    act(() => log.add({ ...facts, what, at: clock.now(), ...(how && { how }) }));
  await note('undo-begins');
  try {
    const takes = fails && plan.fails === 'by-hanging' ? 10 * undoTimeout : plan.takes;
    await clock.sleep(takes, { signal });
  } catch (reason) {
    await note('undo-ends', 'stopped');
    throw reason;
  }
  await note('undo-ends', fails ? 'failed' : 'ok');
  if (fails) throw new Error('It cannot be undone yet.');
}
