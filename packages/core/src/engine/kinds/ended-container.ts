/**
 * A container that has ended, as its kind saw it: for what a package does with it afterwards, such as to
 * undo later what could not be undone.
 * @module
 */
import type { Container, ContainerKind } from '../../container-kind.ts';
import { ActionState } from '../action-state.ts';
import type { ActionRecord } from '../records/action-record.ts';
import { ContainerExecution } from './container-execution.ts';

/** Only to be read: nothing can be done in a container that has ended. */
export interface EndedContainer {
  readonly kind: ContainerKind<unknown, unknown>;
  readonly container: Pick<
    Container<unknown, unknown>,
    'runId' | 'path' | 'idempotencyKey' | 'options' | 'context' | 'children'
  >;
}

/**
 * What stands behind the record of a container of a kind from outside this package.
 *
 * @param record - of a run in this process, such as `run.result('Orders[3]/Onboard')`; also of a durable
 *   one that `resume()` has read.
 * @returns undefined for records of anything else, and for containers that were skipped.
 */
export function endedContainer(record: ActionRecord): EndedContainer | undefined {
  if (!(record instanceof ActionState) || !(record.detail instanceof ContainerExecution)) {
    return undefined;
  }
  const { kind, control } = record.detail;
  return { kind, container: control };
}
