/**
 * The context of a handler that is called for a run of another process: the same that it gets there, from
 * what came with the call.
 * @module
 */
import { LookUpError, notSucceeded } from '../engine/handlers/look-up-error.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { Result } from '../result.ts';
import type { Given } from './given.ts';

export class RemoteContext {
  readonly signal: AbortSignal;
  readonly input: unknown;
  readonly runId: string;
  readonly path: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly item: unknown;
  readonly state: unknown;
  readonly index: number | undefined;
  readonly #results: Given['results'];

  constructor(call: ActionCall, given: Given, input: unknown, signal: AbortSignal) {
    this.signal = signal;
    this.input = input;
    const { runId, path } = given.child ?? call;
    this.runId = runId;
    this.path = path;
    this.attempt = call.attempt;
    this.idempotencyKey = call.idempotencyKey;
    this.item = given.item;
    this.state = given.state;
    this.index = given.index;
    this.#results = given.results;
  }

  /**
   * A getter, because it is destructured.
   *
   * @throws {LookUpError} `OUTPUT_NOT_AVAILABLE`
   */
  get outputs(): (name: string) => unknown {
    return (name) => {
      const found = this.#find(name);
      if (found.status !== 'Succeeded') throw notSucceeded(name, found.status);
      return found.outputs;
    };
  }

  /** @throws {LookUpError} `OUTPUT_NOT_AVAILABLE` */
  get result(): (name: string) => unknown {
    return (name) => this.#find(name);
  }

  #find(name: string): Result<unknown> {
    const results = this.#results ?? {};
    if (Object.hasOwn(results, name)) return results[name] as Result<unknown>;
    throw new LookUpError(
      name,
      `There is no action "${name}" that certainly ends before "${this.path}". ` +
        `Add "${name}" to its runAfter; of a container, read its output or results.`,
    );
  }
}
