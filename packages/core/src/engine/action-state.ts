/**
 * The engine's side of a record: the few fields that a run keeps for each action; all that can be
 * derived (path, tracking id, times as dates, why it was skipped) is derived when somebody reads it.
 *
 * Invariant: a state changes until `bits` is a terminal status, and never again. A million of them are
 * kept for a loop of a million items, so a field more is a decision; benchmarks measure the size.
 * Read next: frame.ts, run-engine.ts.
 * @module
 */
import type { Node, NodeBase } from '../definition/definition.ts';
import type { ActionError, Iteration, IterationCounts } from '../result.ts';
import {
  RUNNING,
  SKIPPED,
  type Status,
  type StatusBits,
  SUCCEEDED,
  statusName,
} from '../status.ts';
import type { Detail } from './detail.ts';
import type { Frame } from './frame.ts';
import type { ActionRecord, AttemptRecord, RecordKind } from './records/action-record.ts';
import { SECURE } from './records/secure.ts';
import { showAsJson } from './records/show-as-json.ts';
import { skipError } from './records/skip-error.ts';

/** A function of a container kind's last phase; it has a record, but no place in a definition. */
export interface ShieldedNode extends NodeBase {
  readonly kind: 'shielded';
}

/** Not a status: some predecessor ended in a status that was not asked for, so this will be skipped. */
export const UNMET: StatusBits = 32;

/** The inputs of whatever is handed nothing. */
export const NOTHING: readonly unknown[] = Object.freeze([]);

const noRecords: readonly ActionRecord[] = Object.freeze([]);
const noAttempts: readonly AttemptRecord[] = Object.freeze([]);

export class ActionState implements ActionRecord {
  readonly node: Node | ShieldedNode;
  readonly frame: Frame;
  /** RUNNING or UNMET until it has ended, then its status. */
  bits: StatusBits = RUNNING;
  /** How many predecessors have not ended yet. */
  waiting: number;
  handed: readonly unknown[] = NOTHING;
  /** The real output when it Succeeded, the error when it did not. */
  value: unknown = undefined;
  /** Milliseconds since the run started. */
  started = 0;
  ended = 0;
  detail: Detail | undefined = undefined;

  constructor(node: Node | ShieldedNode, frame: Frame) {
    this.node = node;
    this.frame = frame;
    this.waiting = node.waitsFor;
  }

  get name(): string {
    return this.node.name;
  }

  get kind(): RecordKind {
    return this.node.kind;
  }

  get path(): string {
    return this.frame.prefix + this.node.name;
  }

  /** The path from the run that was started, also through the child workflows around it. */
  get fullPath(): string {
    const { around } = this.frame.owner.run;
    return around === undefined ? this.path : `${around.fullPath}/${this.path}`;
  }

  /** The same without indexes: all executions of an action share it. */
  get fullAddress(): string {
    const { around } = this.frame.owner.run;
    return around === undefined ? this.node.address : `${around.fullAddress}/${this.node.address}`;
  }

  /** Not so while it runs or waits, also when it is certain already that it will be skipped. */
  get hasEnded(): boolean {
    return this.bits !== RUNNING && this.bits !== UNMET;
  }

  get status(): Status {
    return statusName(this.bits) as Status;
  }

  get code(): string {
    return this.error?.code ?? 'OK';
  }

  get criticality(): NodeBase['criticality'] {
    return this.node.criticality;
  }

  get inputs(): readonly unknown[] {
    return this.node.secureInputs ? [SECURE] : this.handed;
  }

  get outputs(): unknown {
    if (this.bits !== SUCCEEDED) return undefined;
    return this.node.secureOutputs ? SECURE : this.realOutputs;
  }

  /** The output as it is handed over, also where records show a marker. */
  get realOutputs(): unknown {
    if (this.bits !== SUCCEEDED) return undefined;
    return this.detail?.output === undefined ? this.value : this.detail.output();
  }

  get error(): ActionError | undefined {
    if (this.bits === SUCCEEDED || !this.hasEnded) return undefined;
    if (this.value !== undefined) return this.value as ActionError;
    const error = this.detail?.error?.();
    return error ?? (this.bits === SKIPPED ? skipError(this) : undefined);
  }

  get startTime(): Date {
    return new Date(this.frame.owner.run.epoch + this.started);
  }

  get endTime(): Date {
    return new Date(this.frame.owner.run.epoch + this.ended);
  }

  get trackingId(): string {
    return `${this.frame.owner.run.id}/${this.path}`;
  }

  get clientTrackingId(): string {
    return this.frame.owner.run.id;
  }

  get attempts(): readonly AttemptRecord[] {
    const kept = this.detail?.attempts?.();
    if (kept !== undefined) return kept;
    if (this.bits === SKIPPED || (this.kind !== 'action' && this.kind !== 'shielded')) {
      return noAttempts;
    }
    const { startTime, endTime, error } = this;
    return [{ number: 1, startTime, endTime, ...(error && { error }) }];
  }

  get results(): readonly ActionRecord[] {
    if (this.detail?.records !== undefined) return this.detail.records();
    return this.bits === SKIPPED ? this.frame.owner.run.recordsOfSkipped(this) : noRecords;
  }

  get iterations(): readonly Iteration<unknown>[] | undefined {
    return this.detail?.iterations?.();
  }

  get counts(): IterationCounts | undefined {
    return this.detail?.counts?.();
  }

  get childRunId(): string | undefined {
    return this.detail?.childRunId;
  }

  get unsettled(): boolean | undefined {
    return this.detail?.unsettled || undefined;
  }

  toJSON(): object {
    return {
      name: this.name,
      path: this.path,
      kind: this.kind,
      status: this.status,
      code: this.code,
      criticality: this.criticality,
      inputs: this.inputs,
      outputs: this.outputs,
      error: this.error && { code: this.error.code, message: this.error.message },
      startTime: this.startTime,
      endTime: this.endTime,
      trackingId: this.trackingId,
      clientTrackingId: this.clientTrackingId,
      attempts: this.attempts,
      results: this.results,
      iterations: this.iterations,
      counts: this.counts,
      childRunId: this.childRunId,
      unsettled: this.unsettled,
    };
  }
}

showAsJson(ActionState);
