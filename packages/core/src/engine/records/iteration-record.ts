/**
 * An iteration as users see it: a view on its frame, which reads everything when somebody asks.
 * @module
 */
import type { ActionError } from '../../result.ts';
import { FAILED, type Status, SUCCEEDED, statusName } from '../../status.ts';
import type { Frame } from '../frame.ts';
import { readSource } from '../hand-over.ts';
import { decidingLeaf } from '../verdict.ts';
import type { ActionRecord } from './action-record.ts';
import { errorOfCause } from './explain.ts';
import { SECURE } from './secure.ts';
import { showAsJson } from './show-as-json.ts';
import { spanOf } from './span.ts';

/** What a body hands back at the end of an iteration. */
export function outputOf(frame: Frame): unknown {
  const { output } = frame.body;
  return output === undefined ? undefined : readSource(frame, output);
}

export class IterationRecord {
  readonly #frame: Frame;
  readonly #real: boolean;
  /** Errors of iterations that failed before their body began, by index. */
  readonly #errors: ReadonlyMap<number, ActionError> | undefined;

  /** @param real - has secure values, though not in its JSON; else a marker stands in their place. */
  constructor(frame: Frame, real: boolean, errors: ReadonlyMap<number, ActionError> | undefined) {
    this.#frame = frame;
    this.#real = real;
    this.#errors = errors;
  }

  get index(): number {
    return this.#frame.index;
  }

  get item(): unknown {
    const node = this.#frame.owner.state?.node;
    // The item of a round is its state, which the until hands over in the end.
    const isSecure = node?.secureInputs || (node?.kind === 'until' && node.secureOutputs);
    return isSecure && !this.#real ? SECURE : this.#frame.item;
  }

  get path(): string {
    return this.#frame.path;
  }

  get status(): Status {
    return statusName(this.#frame.bits) as Status;
  }

  get outputs(): unknown {
    if (this.#frame.bits !== SUCCEEDED) return undefined;
    const { state, body } = this.#frame.owner;
    const isSecure = state?.node.secureOutputs || body.outputIsSecure;
    return isSecure && !this.#real ? SECURE : outputOf(this.#frame);
  }

  get error(): ActionError | undefined {
    const { bits, index, owner } = this.#frame;
    if (bits === SUCCEEDED) return undefined;
    if (owner.stop !== undefined && bits !== FAILED) return owner.stop.error;
    return this.#errors?.get(index) ?? errorOfCause(decidingLeaf(this.#frame));
  }

  get startTime(): Date {
    return spanOf(this.#frame.owner, this.results).startTime;
  }

  get endTime(): Date {
    return spanOf(this.#frame.owner, this.results).endTime;
  }

  get results(): readonly ActionRecord[] {
    return this.#frame.states.filter((state) => state.hasEnded);
  }

  toJSON(): object {
    if (this.#real) return new IterationRecord(this.#frame, false, this.#errors).toJSON();
    const { index, item, path, status, outputs, error, startTime, endTime, results } = this;
    return {
      ...{ index, item, path, status, outputs },
      error: error && { code: error.code, message: error.message },
      ...{ startTime, endTime, results },
    };
  }
}

showAsJson(IterationRecord);
