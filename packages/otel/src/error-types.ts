/**
 * The `error.type` of what failed: its code. Handlers may throw any code, and a metric must not have a time
 * series for each of them, so those that come after the first hundred are `_OTHER`, as the conventions say.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
 * @module
 */
import type { Attributes } from '@opentelemetry/api';
import type { ActionError } from '@runafter/core';
import { names } from './attribute-names.ts';

const most = 100;

export class ErrorTypes {
  readonly #known = new Set<string>();

  /** For a metric. */
  of(error: ActionError | undefined): Attributes {
    if (error === undefined) return {};
    const { code } = error;
    if (!this.#known.has(code) && this.#known.size < most) this.#known.add(code);
    return { [names.errorType]: this.#known.has(code) ? code : '_OTHER' };
  }
}
