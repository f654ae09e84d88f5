/**
 * Failures on spans: the status, `error.type` and an `exception` event. Code and message alone, as records
 * show them; of an action with secure values that is a code and no word of what was thrown.
 * @module
 */
import { type Span, SpanStatusCode, type TimeInput } from '@opentelemetry/api';
import { toFault } from '@runafter/errors';
import { names } from './attribute-names.ts';

/** Marks a span as failed. */
export function recordFailure(span: Span, error: unknown, time: TimeInput): void {
  const { code, message } = toFault(error);
  span.setAttribute(names.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.addEvent('exception', exception(code, message), time);
}

/** What an `exception` event carries. */
export function exception(code: string, message: string): Record<string, string> {
  return { [names.exceptionType]: code, [names.exceptionMessage]: message };
}
