/**
 * A child workflow: a run of its own inside this one, with the same clock, store, executor, events and
 * mailbox.
 * @module
 */
import type { ChildNode } from '../../definition/definition.ts';
import { boundOf, inLimiterOrder } from '../../definition/rules/limiter-order.ts';
import type { ActionError } from '../../result.ts';
import { CANCELLED, FAILED, type StatusBits, SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Detail } from '../detail.ts';
import { goOnWith } from '../go-on-with.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import type { ActionRecord } from '../records/action-record.ts';
import type { Digest } from '../records/digest.ts';
import { errorOf } from '../records/secure.ts';
import { createInStore, endInStore } from '../records/stored-run.ts';
import type { RunEngine } from '../run-engine.ts';
import { type Stop, timedOut } from '../stop.ts';
import { tellRunEnd } from '../tell.ts';

export class ChildExecution implements Detail {
  readonly #run: RunEngine;
  readonly #node: ChildNode;
  readonly #state: ActionState;
  #child: RunEngine | undefined;
  #stop: Stop | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(run: RunEngine, node: ChildNode, state: ActionState) {
    this.#run = run;
    this.#node = node;
    this.#state = state;
  }

  get childRunId(): string {
    return this.#child?.id ?? '';
  }

  start(): void {
    const state = this.#state;
    const { input, timeout } = this.#node;
    if (timeout !== undefined) {
      this.#cancelTimer = this.#run.clock.setTimer(timeout, () => this.#timeIsUp());
    }
    goOnWith(
      () => input(state.handed, new FlowContext(state)),
      (given) => this.#begin(given),
      (thrown) => this.#fail(thrown),
    );
  }

  #timeIsUp(): void {
    const message = `"${this.#state.path}" took longer than its timeout allows.`;
    this.halt(timedOut('CONTAINER_TIMED_OUT', message));
  }

  #fail(thrown: unknown): void {
    if (this.#stop !== undefined) return;
    this.#cancelTimer?.();
    const { node, path } = this.#state;
    this.#run.end(this.#state, FAILED, errorOf(thrown, node, path));
  }

  #begin(input: unknown): void {
    if (this.#stop !== undefined) return;
    const { workflow, limiters } = this.#node;
    const { services } = this.#run;
    const key = idempotencyKey(this.#state);
    const child = this.#run.child(
      workflow,
      input,
      { id: `${this.#run.id}/${this.#state.path}`, keyRoot: key, around: this.#state },
      {
        ...services,
        limiters: inLimiterOrder(limiters, services.limiters),
        bounds: [...boundOf(workflow.maxConcurrentActions), ...services.bounds],
      },
      (fault) => this.#ended(fault),
    );
    this.#child = child;
    if (services.store === undefined) child.begin(workflow.timeout);
    else {
      createInStore(child).then(
        () => child.begin(workflow.timeout),
        (error: unknown) => child.fault(error),
      );
    }
  }

  halt(stop: Stop): void {
    if (this.#stop !== undefined) return;
    this.#stop = stop;
    if (this.#child !== undefined) this.#child.halt(stop);
    else {
      // Its input is still awaited, and does not matter any more.
      this.#cancelTimer?.();
      this.#run.end(this.#state, stop.bits, stop.error);
    }
  }

  #ended(fault: { error: unknown } | undefined): void {
    this.#cancelTimer?.();
    const child = this.#child as RunEngine;
    if (fault !== undefined) {
      this.#run.fault(fault.error);
      return;
    }
    tellRunEnd(child);
    if (child.store === undefined) this.#close(child);
    else {
      endInStore(child).then(
        () => this.#close(child),
        (error: unknown) => this.#run.fault(error),
      );
    }
  }

  #close(child: RunEngine): void {
    const state = this.#state;
    if (this.#stop !== undefined) this.#run.end(state, this.#stop.bits, this.#stop.error);
    else if (child.bits === SUCCEEDED) this.#run.end(state, SUCCEEDED, child.root.output());
    else this.#run.end(state, statusOf(child.bits), this.#errorOf(child));
  }

  /** Undefined where one of the child's leaves has decided: then that leaf explains it. */
  #errorOf(child: RunEngine): ActionError | undefined {
    const error = child.root.decidedFromOutside();
    if (child.bits !== CANCELLED) return error;
    const message = `The child workflow "${child.workflow.name}" was cancelled: ${error?.message}`;
    return { code: 'CHILD_CANCELLED', message };
  }

  records(): readonly ActionRecord[] {
    return this.#child?.root.records() ?? [];
  }

  error(): ActionError | undefined {
    return this.#child?.root.error();
  }

  deciding(): ActionState | undefined {
    return this.#child?.root.deciding();
  }

  digest(digest: Digest): void {
    if (this.#child !== undefined) digest.merge(this.#child.digest());
  }
}

/** A cancelled child is a failure of the action that ran it. */
function statusOf(bits: StatusBits): StatusBits {
  return bits === CANCELLED ? FAILED : bits;
}
