/**
 * A span's identity as texts that can be stored, in the form of W3C Trace Context. It is written here and
 * not by the global propagator, which need not be set and may write another form tomorrow, when a process
 * reads what was stored today.
 * @see https://www.w3.org/TR/trace-context/
 * @module
 */
import {
  createTraceState,
  isSpanContextValid,
  type Span,
  type SpanContext,
  TraceFlags,
} from '@opentelemetry/api';
import type { Carrier } from '@runafter/core';

const form = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/u;

/** Undefined where the span records nowhere. */
export function carrierOf(span: Span | undefined): Carrier | undefined {
  const context = span?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags, traceState } = context;
  const flags = (traceFlags & 0xff).toString(16).padStart(2, '0');
  const state = traceState?.serialize();
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state && { tracestate: state }),
  };
}

/** Undefined where there is no span in it that this version can read. */
export function spanContextOf(carrier: Carrier | undefined): SpanContext | undefined {
  const { traceId, spanId, flags } = form.exec(carrier?.traceparent ?? '')?.groups ?? {};
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const state = carrier?.tracestate;
  const context = {
    ...{ traceId, spanId, isRemote: true },
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    ...(state && { traceState: createTraceState(state) }),
  };
  return isSpanContextValid(context) ? context : undefined;
}
