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
      const context = new FlowContext(state);
      correlate = node.correlate && textOf(node.correlate(state.handed, context), state.path);
    } catch (thrown) {
      this.#end(FAILED, errorOf(thrown, node, state.path));
      return;
    }
    if (this.#over) return;
    if (node.timeout !== undefined) {
      this.#cancelTimer = run.clock.setTimer(node.timeout, () => this.#timeIsUp());
    }
    const leave = run.services.mailbox.take(node.event, correlate, (payload) => {
      this.#end(SUCCEEDED, payload);
    });
    if (!this.#over) this.#leave = leave;
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
