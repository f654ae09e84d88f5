/**
 * What is refused when a saga is defined: silence about compensation, what could not be undone right, a
 * pivot that would not be a point of no return, and names that the saga needs for itself.
 * @module
 */
import { DefinitionError } from '@runafter/core';
import type { ChildDefinition, ContainerKind } from '@runafter/core/container-kind';
import { reportName, undoName } from './last-phase-names.ts';
import { faultOf, planOf, type StepMetadata } from './step-plan.ts';

export type SagaDefinition = Parameters<NonNullable<ContainerKind<SagaOptions>['check']>>[0];

/** Options of a saga beside those of every container. */
export interface SagaOptions {
  /** How many compensations run side by side: a whole number from 1, or Infinity. Default 10. */
  readonly compensationConcurrency?: number;
}

/** What has no effects, and so nothing to undo. */
const harmless: ReadonlySet<string> = new Set(['delay', 'waitFor']);

/** @throws {DefinitionError} */
export function checkSaga(definition: SagaDefinition): void {
  checkConcurrency(definition);
  for (const child of definition.children) checkChild(definition, child);
  checkNames(definition);
  checkPivot(definition);
}

/** Refuses a kind of action that a saga could not undo. */
export function refuseKind(kind: string, workflow: string, saga: string, name: unknown): never {
  throw new DefinitionError(
    'SAGA_CHILD_REFUSED',
    { workflow, path: saga, kind: 'saga' },
    `${kind} ${JSON.stringify(name)} cannot stand in a saga, because the saga could not undo it. Use step, ` +
      'child, delay or waitFor. Put loops and branches into a child workflow with a compensation, or ' +
      'the saga into the loop.',
    { value: kind },
  );
}

function checkConcurrency({ workflow, path, options }: SagaDefinition): void {
  const { compensationConcurrency: value } = options;
  const isValid = (Number.isSafeInteger(value) && Number(value) >= 1) || value === Infinity;
  if (value === undefined || isValid) return;
  throw new DefinitionError(
    'OPTION_INVALID',
    { workflow, path, kind: 'saga' },
    `option compensationConcurrency is ${String(value)}, but must be a whole number from 1, or Infinity.`,
    { option: 'compensationConcurrency', value },
  );
}

function checkChild({ workflow, path }: SagaDefinition, child: ChildDefinition): void {
  const { name, kind, metadata } = child;
  if (metadata === undefined) {
    if (!harmless.has(kind)) refuseKind(kind, workflow, path, name);
    return;
  }
  const fault = faultOf(metadata as StepMetadata);
  if (fault === undefined) return;
  const { problem, option, value, isMissing } = fault;
  throw new DefinitionError(
    isMissing ? 'SAGA_COMPENSATION_MISSING' : 'OPTION_INVALID',
    { workflow, path: `${path}/${name}`, kind: 'step' },
    problem,
    { option, value },
  );
}

/** Undoing is recorded beside the steps, under names that no step may have. */
function checkNames({ workflow, path, children }: SagaDefinition): void {
  const names = new Set(children.map(({ name }) => name));
  const undone = children.filter((child) => planOf(child)?.undo !== undefined);
  const reserved = [reportName, ...undone.map(({ name }) => undoName(name))];
  for (const name of reserved) {
    const place = { workflow, path: `${path}/${name}`, kind: 'step' };
    if (names.has(name)) {
      const problem = `the saga needs the name ${JSON.stringify(name)} for itself. Choose another one.`;
      throw new DefinitionError('NAME_DUPLICATE', place, problem, { option: 'name', value: name });
    }
    if (name.length > 200) {
      const problem =
        'its name has more than 195 characters, and undoing it needs five. Shorten it.';
      throw new DefinitionError('NAME_INVALID', place, problem, { option: 'name', value: name });
    }
  }
}

function checkPivot({ workflow, path, children }: SagaDefinition): void {
  const [pivot, second] = children.filter((child) => planOf(child)?.pivot);
  if (pivot === undefined) return;
  const refuse = (name: string, problem: string): never => {
    const place = { workflow, path: `${path}/${name}`, kind: 'step' };
    throw new DefinitionError('SAGA_PIVOT_INVALID', place, problem, { option: 'pivot' });
  };
  if (second !== undefined) {
    refuse(second.name, `it is a second pivot beside "${pivot.name}". A saga has one at most.`);
  }
  const byName = new Map(children.map((child) => [child.name, child]));
  const before = reached(pivot, byName, ({ runAfter }) => runAfter);
  const after = reached(pivot, byName, ({ successors }) => successors);
  for (const child of children) {
    const { name } = child;
    if (child === pivot || before.has(name)) continue;
    if (!after.has(name)) {
      refuse(
        name,
        `it can run beside the pivot "${pivot.name}", so whether it is to be undone would be a matter ` +
          'of chance. Let it run before the pivot, or after it.',
      );
    }
    if (planOf(child)?.undo !== undefined) {
      refuse(
        name,
        `it runs after the pivot "${pivot.name}", so its compensation would never be called. Say ` +
          "compensate: none('…').",
      );
    }
  }
}

/** The names of all that is reached from a child, by any number of edges. */
function reached(
  from: ChildDefinition,
  byName: ReadonlyMap<string, ChildDefinition>,
  next: (child: ChildDefinition) => readonly string[],
): ReadonlySet<string> {
  const names = new Set<string>();
  const open = [from];
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    for (const name of next(child)) {
      if (names.has(name)) continue;
      names.add(name);
      open.push(byName.get(name) as ChildDefinition);
    }
  }
  return names;
}
