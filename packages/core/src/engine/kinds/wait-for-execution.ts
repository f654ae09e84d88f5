/**
 * A wait for an event from outside.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { WaitForNode } from '../../definition/definition.ts';
import { showValue } from '../../definition/rules/show-value.ts';
import { FAILED, type StatusBits, SUCCEEDED, TIMED_OUT } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Detail } from '../detail.ts';
import { FlowContext } from '../handlers/flow-context.ts';
import { errorOf } from '../records/secure.ts';
import type { RunEngine } from '../run-engine.ts';
import type { Stop } from '../stop.ts';

export class WaitForExecution implements Detail {
  readonly #run: RunEngine;
  readonly #node: WaitForNode;
  readonly #state: ActionState;
  #over = false;
  #leave: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(run: RunEngine, node: WaitForNode, state: ActionState) {
    this.#run = run;
    this.#node = node;
    this.#state = state;
  }

  start(): void {
    const run = this.#run;
    const node = this.#node;
    const state = this.#state;
    let correlate: string | undefined;
    try {
      correlate = this.#correlate();
    } catch (thrown) {
      this.#end(FAILED, errorOf(thrown, node, state.path));
      return;
    }
    if (this.#over) return;
    const leave = run.services.mailbox.take(
      node.event,
      correlate,
      ({ payload, fault, number }) => {
        if (number !== undefined) run.journal?.takes(state, number);
        if (fault === undefined) this.#end(SUCCEEDED, payload);
        else this.#end(FAILED, errorOf(fault.thrown, node, state.path));
      },
      this.#passedDeadline(),
    );
    if (this.#over) return;
    this.#leave = leave;
    if (node.timeout !== undefined) {
      const left = run.timeLeft(state, node.timeout);
      if (left === 0 && node.timeout !== 0) this.#timeIsUp();
      else this.#cancelTimer = run.clock.setTimer(left, () => this.#timeIsUp());
    }
  }

  /** Where the time was up while nobody ran: what was sent later comes too late. */
  #passedDeadline(): number | undefined {
    const { journal, clock } = this.#run;
    const deadline = journal?.progress(this.#state)?.deadline;
    return deadline !== undefined && deadline <= clock.now() ? deadline : undefined;
  }

  /** What a wait asks for is decided once, also when it outlives the process that began it. */
  #correlate(): string | undefined {
    const { correlate } = this.#node;
    if (correlate === undefined) return undefined;
    const { journal } = this.#run;
    const state = this.#state;
    const known = journal?.progress(state)?.correlate;
    if (known !== undefined) return known;
    const text = textOf(correlate(state.handed, new FlowContext(state)), state.path);
    void journal?.save(state, { correlate: text });
    return text;
  }

  halt(stop: Stop): void {
    this.#end(stop.bits, stop.error);
  }

  #timeIsUp(): void {
    const { event } = this.#node;
    const message = `"${this.#state.path}" waited for event "${event}" as long as its timeout allows.`;
    this.#end(TIMED_OUT, { code: 'EVENT_TIMED_OUT', message });
  }

  #end(bits: StatusBits, value: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer?.();
    this.#leave?.();
    this.#run.end(this.#state, bits, value);
  }
}

/** `CORRELATE_INVALID`: nobody could ever send a signal that means this wait. */
class CorrelateError extends RunafterError {
  readonly path: string;
  readonly value: unknown;

  constructor(path: string, value: unknown) {
    super(
      'CORRELATE_INVALID',
      `correlate of "${path}" gave ${showValue(value)}. It must give a text at once, the same that ` +
        'the signal will carry.',
    );
    this.path = path;
    this.value = value;
  }
}

function textOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new CorrelateError(path, value);
}
