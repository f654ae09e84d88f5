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
import type { Journal } from '../journal.ts';
import type { ActionRecord } from '../records/action-record.ts';
import type { Digest } from '../records/digest.ts';
import { errorOf } from '../records/secure.ts';
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

  /** The run inside it; undefined until its input is there. */
  get child(): RunEngine | undefined {
    return this.#child;
  }

  start(): void {
    const state = this.#state;
    const { input, timeout } = this.#node;
    const { journal } = this.#run;
    if (timeout !== undefined) {
      const left = this.#run.timeLeft(state, timeout);
      this.#cancelTimer = this.#run.clock.setTimer(left, () => this.#timeIsUp());
    }
    const known = journal?.progress(state)?.given;
    goOnWith(
      () => (known ? known.value : input(state.handed, new FlowContext(state))),
      (given) => (journal && !known ? this.#keep(given, journal) : this.#begin(given)),
      (thrown) => this.#fail(thrown),
    );
  }

  #keep(value: unknown, journal: Journal): void {
    goOnWith(
      () => journal.save(this.#state, { given: { value } }),
      () => this.#begin(value),
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
    this.#child = this.#makeChild(input);
    this.#child.begin(this.#node.workflow.timeout);
  }

  #makeChild(input: unknown): RunEngine {
    const { workflow, limiters } = this.#node;
    const { services } = this.#run;
    const key = idempotencyKey(this.#state);
    return this.#run.child(
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
  }

  /** The run inside it, which ended in another process: it is only read here. */
  restore(input: unknown): RunEngine {
    this.#child = this.#makeChild(input);
    return this.#child;
  }

  halt(stop: Stop): void {
    if (this.#stop !== undefined) return;
    this.#stop = stop;
    this.#cancelTimer?.();
    if (this.#child !== undefined) this.#child.halt(stop);
    // Its input is still awaited, and does not matter any more.
    else this.#run.end(this.#state, stop.bits, stop.error);
  }

  #ended(fault: { error: unknown } | undefined): void {
    this.#cancelTimer?.();
    const child = this.#child as RunEngine;
    if (fault !== undefined) {
      this.#run.fault(fault.error);
      return;
    }
    tellRunEnd(child);
    const state = this.#state;
    if (this.#stop !== undefined) this.#run.end(state, this.#stop.bits, this.#stop.error);
    else if (child.bits === SUCCEEDED) this.#run.end(state, SUCCEEDED, undefined);
    else this.#run.end(state, statusOf(child.bits), this.#errorOf(child));
  }

  /** Undefined where one of the child's leaves has decided: then that leaf explains it. */
  #errorOf(child: RunEngine): ActionError | undefined {
    const error = child.root.decidedFromOutside();
    if (child.bits !== CANCELLED) return error;
    const message = `The child workflow "${child.workflow.name}" was cancelled: ${error?.message}`;
    return { code: 'CHILD_CANCELLED', message };
  }

  output(): unknown {
    return this.#child?.root.output();
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
